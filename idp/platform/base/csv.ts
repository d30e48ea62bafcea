// Comma-separated text that a spreadsheet opens as text (RFC 4180).

/**
 * All rows as one text with CRLF and the byte order mark by which spreadsheets know UTF-8. A cell that a spreadsheet
 * would run as a formula gets an apostrophe before it (OWASP CSV injection: = + - @, tab and carriage return).
 */
export function csvText(rows: readonly (readonly string[])[]): string {
  return `\uFEFF${rows.map((cells) => `${cells.map(cellOf).join(',')}\r\n`).join('')}`;
}

// Spaces and full-width signs before or as the sign: spreadsheets of East Asian locales read them as the same sign.
const FORMULA = /^[\s\u3000]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/;

function cellOf(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) || safe !== text ? `"${safe.replaceAll('"', '""')}"` : safe;
}
