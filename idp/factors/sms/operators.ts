// The kill switch on the command line: `tongxing sms off | on | status`.
import type { Audit } from '../../audit/audit.ts';
import type { Command, CommandIo } from '../../platform/http/feature.ts';
import type { Switch } from '../../platform/notify/switch.ts';

interface Parts {
  readonly audit: Audit;
  readonly switch: Switch;
}

/** Switching is recorded with the change; every node obeys within two seconds. */
export function switchCommands(parts: Parts): readonly Command[] {
  const turn = async (on: boolean, io: CommandIo): Promise<number> => {
    await parts.audit.change(async (tx) => {
      await parts.switch.set(tx, !on);
      tx.record({ type: 'sms.switched', data: { on }, actor: 'operator:cli' });
    });
    return tell(parts, io);
  };
  return [
    {
      name: 'sms off',
      usage: '',
      summary: 'stops all text messages and calls, on all nodes, until "sms on"',
      run: (_args, io) => turn(false, io),
    },
    {
      name: 'sms on',
      usage: '',
      summary: 'lets text messages and calls go out again',
      run: (_args, io) => turn(true, io),
    },
    {
      name: 'sms status',
      usage: '',
      summary: 'whether text messages go out, and since when',
      run: (_args, io) => tell(parts, io),
    },
  ];
}

async function tell(parts: Parts, io: CommandIo): Promise<number> {
  const { enabled, switched } = await parts.switch.state();
  const since = switched ? ` since ${switched.changedAt.toISOString()}` : '';
  if (!enabled) io.out('off: notify.enabled is false');
  else io.out(switched?.stopped === true ? `off${since}` : `on${since}`);
  return 0;
}
