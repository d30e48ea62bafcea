// Opens what is pasted, and checks its signature with our public keys. Nothing that is pasted leaves this page.
(() => {
  const place = document.querySelector('[data-inspector]');
  if (!place) return;
  place.hidden = false;
  const input = place.querySelector('textarea');
  const status = place.querySelector('[role="status"]');
  const [head, body] = place.querySelectorAll('pre');
  const words = place.dataset;
  const algorithms = {
    ES256: [
      { name: 'ECDSA', namedCurve: 'P-256' },
      { name: 'ECDSA', hash: 'SHA-256' },
    ],
    RS256: [{ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, { name: 'RSASSA-PKCS1-v1_5' }],
  };

  const bytes = (text) => {
    const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
    return Uint8Array.from(binary, (char) => char.charCodeAt(0));
  };
  const json = (text) => JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes(text)));
  const show = (first, second, words) => {
    head.textContent = first;
    body.textContent = second;
    status.textContent = words.filter(Boolean).join(' · ');
  };

  const verified = async (header, parts) => {
    const algorithm = algorithms[header.alg];
    if (!algorithm) return words.otherAlg;
    const { keys } = await (await fetch(words.inspector)).json();
    const jwk = keys.find(({ kid }) => kid === header.kid);
    if (!jwk) return words.bad;
    const { kty, crv, x, y, n, e } = jwk;
    const key = await crypto.subtle.importKey('jwk', { kty, crv, x, y, n, e }, algorithm[0], false, [
      'verify',
    ]);
    const input = new TextEncoder().encode(`${parts[0]}.${parts[1]}`);
    return (await crypto.subtle.verify(algorithm[1], key, bytes(parts[2]), input)) ? words.good : words.bad;
  };

  let turn = 0;
  const look = async () => {
    const mine = (turn += 1);
    const parts = input.value.trim().split('.');
    if (input.value.trim() === '') return show('', '', []);
    if (parts.length === 5) return show('', '', [words.sealed]);
    let header, claims;
    try {
      [header, claims] = [json(parts[0]), json(parts[1])];
    } catch {
      return show('', '', [words.not]);
    }
    const life =
      typeof claims.exp === 'number' && (claims.exp * 1000 > Date.now() ? words.live : words.expired);
    show(JSON.stringify(header, null, 2), JSON.stringify(claims, null, 2), [life]);
    const verdict = await verified(header, parts).catch(() => words.bad);
    if (mine === turn) show(head.textContent, body.textContent, [verdict, life]);
  };
  input.addEventListener('input', () => void look());
})();
