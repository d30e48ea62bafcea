// The short table that `npm start` prints. Chinese characters take two columns of a terminal.
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/;

function width(text) {
  return Array.from(text).reduce((sum, point) => {
    const wide = WIDE.test(point) || (point.codePointAt(0) ?? 0) >= 0x20000;
    return sum + (wide ? 2 : 1);
  }, 0);
}

function rows(lines) {
  const columns = Math.max(...lines.map((line) => line.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...lines.map((line) => width(line[column] ?? ''))),
  );
  const pad = (text, column) =>
    column === columns - 1 ? text : text + ' '.repeat(widths[column] - width(text));
  return lines.map((line) => `  ${line.map((text, column) => pad(text ?? '', column)).join('  ')}`.trimEnd());
}

/** Prints services, personas, and where to read text messages. */
export function printTable({ services = [], personas = [], messages }, logs) {
  const print = (line = '') => console.log(line);
  print();
  print('Tongxing 通行 is running');
  if (services.length > 0)
    rows(services.map(({ name, url, note }) => [name, url, note ?? ''])).forEach(print);
  if (personas.length > 0) {
    print();
    print('Personas (synthetic people of the sandbox)');
    const lines = personas.map(({ name, phone, password, registered, purpose }) => [
      name,
      phone,
      password ?? '-',
      registered ? '有 yes' : '无 none yet',
      purpose,
    ]);
    rows([['name', 'phone', 'password', 'account', 'purpose'], ...lines]).forEach(print);
  }
  print();
  if (messages) print(`Text messages: ${messages}`);
  print(`Logs: ${logs}    Stop: Ctrl-C`);
}
