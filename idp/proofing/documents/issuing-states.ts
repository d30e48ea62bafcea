// The three letters by which passports and cards name a state. Pure.
import { foldWidthAndCase } from './reading.ts';

/** ISO 3166-1 alpha-3, 249 codes. */
const ISO = `
  ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR
  BHS BIH BLM BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL
  COM CPV CRI CUB CUW CXR CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK
  FRA FRO FSM GAB GBR GEO GGY GHA GIB GIN GLP GMB GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV
  HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL ISR ITA JAM JEY JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO
  LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR MCO MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG
  MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN PCN
  PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS SHN SJM SLB SLE
  SLV SMR SOM SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKL TKM TLS TON TTO
  TUN TUR TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN VGB VIR VNM VUT WLF WSM YEM ZAF ZMB ZWE
`;

/** ICAO 9303-3 section 5: British passports, Kosovo, the European Union, the United Nations and other organisations. */
const ICAO = 'GBD GBN GBO GBP GBS RKS EUE UNO UNA UNK XBA XCC XCE XCO XDC XEC XES XIM XOM XPO';

/** ICAO 9303-3 section 5: stateless persons and refugees. Then states that ended after the first cards of 2004. */
const HOLDERS = 'XXA XXB XXC ANT SCG';

const codes = (list: string): readonly string[] => list.trim().split(/\s+/);
const STATES: ReadonlySet<string> = new Set([...codes(ISO), ...codes(ICAO)]);
const NATIONALITIES: ReadonlySet<string> = new Set([...STATES, ...codes(HOLDERS)]);

/** The code of a state or organisation that issues passports; undefined when the text is none. */
export function issuingState(text: string): string | undefined {
  const code = foldWidthAndCase(text).trim();
  // German passports print the one letter that ICAO 9303-3 gives them.
  if (code === 'D') return 'DEU';
  return STATES.has(code) ? code : undefined;
}

/** True for three large letters that a card may name as its holder's nationality. */
export const isNationality = (code: string): boolean => NATIONALITIES.has(code);
