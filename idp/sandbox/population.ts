// Who the stand-ins know: the personas and a few dozen more made-up people, the same on every start.
import { checkCharacter } from '../proofing/proofing.ts';
import { PERSONAS } from './personas.ts';

export interface Resident {
  readonly name: string;
  readonly number: string;
  readonly deceased: boolean;
  /** The register misbehaves whenever it is asked about this number. */
  readonly trouble: 'down' | 'silent' | undefined;
}

export interface Population {
  resident(number: string): Resident | undefined;
  /** Who a phone (11 digits) is registered to. */
  holder(phone: string): { readonly name: string; readonly number: string } | undefined;
  readonly size: number;
}

const SURNAMES = '赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨';
const GIVEN = ['子涵', '雨萱', '建国', '秀英', '思远', '海燕', '志强', '静怡'];
const REGIONS = ['110105', '310104', '330106', '440305', '510104', '610113'];
const GENERATED = 48;

/** The n-th made-up person: sequence numbers from 900 up keep clear of the personas. */
function generated(n: number): { resident: Resident; phone: string } {
  const date = new Date(Date.UTC(1950 + ((n * 7) % 55), (n * 5) % 12, 1 + ((n * 11) % 28)));
  const first17 = `${REGIONS[n % REGIONS.length]}${date.toISOString().slice(0, 10).replaceAll('-', '')}${900 + n}`;
  const name = `${SURNAMES[n % SURNAMES.length]}${GIVEN[(n * 3) % GIVEN.length]}`;
  return {
    resident: { name, number: first17 + checkCharacter(first17), deceased: false, trouble: undefined },
    phone: `1390002${String(n).padStart(4, '0')}`,
  };
}

const TROUBLE: Readonly<Record<string, Resident['trouble']>> = {
  'register-down': 'down',
  'register-slow': 'silent',
};

/** The name under which the register knows a persona's number, if it knows it. */
function registeredName(id: string, name: string): string | undefined {
  if (id === 'not-found') return undefined;
  return id === 'mismatch' ? '陈文达' : name;
}

export function createPopulation(): Population {
  const residents = new Map<string, Resident>();
  const holders = new Map<string, { name: string; number: string }>();
  for (let n = 0; n < GENERATED; n += 1) {
    const { resident, phone } = generated(n);
    residents.set(resident.number, resident);
    holders.set(phone, resident);
  }
  const stranger = generated(0).resident;
  for (const { id, name, phone, id_number: number } of PERSONAS) {
    const known = registeredName(id, name);
    if (known !== undefined)
      residents.set(number, { name: known, number, deceased: id === 'deceased', trouble: TROUBLE[id] });
    holders.set(phone, id === 'phone-of-another' ? stranger : { name, number });
  }
  return {
    resident: (number) => residents.get(number),
    holder: (phone) => holders.get(phone),
    size: residents.size,
  };
}
