// What can be set about the sandbox. The shared keys stand with the authorities and carriers that use them.
import { z } from 'zod';

const port = z.number().int().min(1).max(65_535);

export const sandboxSettings = z.object({
  enabled: z.boolean().describe('Whether the stand-ins for outside systems run; refused in production.'),
  host: z.string().min(1).describe('Address the stand-ins listen on; keep it to this machine.'),
  slowness: z
    .string()
    .describe('How late a stand-in that was told to be slow answers, a duration such as 5s.'),
  ports: z
    .object({
      hub: port.describe('TCP port of the personas and the control page.'),
      populationRegister: port.describe('TCP port of the population register.'),
      mobileOperator: port.describe('TCP port of the mobile operators.'),
      smsCarrier: port.describe('TCP port of the text-message carrier and its outbox.'),
    })
    .describe('TCP ports of the stand-ins.'),
});

export type SandboxSettings = z.output<typeof sandboxSettings>;
