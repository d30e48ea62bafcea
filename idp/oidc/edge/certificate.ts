// The certificate of a service as our proxy hands it on, and whether it is the one that was registered. Pure.
import { X509Certificate } from 'node:crypto';

/**
 * `text`: the header as the proxy writes it: RFC 9440 (`:<base64 of DER>:`), or PEM in percent-encoding as nginx and
 * Envoy do. Undefined when it is empty or no certificate.
 */
export function certificateIn(text: string): X509Certificate | undefined {
  const field = /^:([A-Za-z0-9+/=]+):$/.exec(text.trim())?.[1];
  try {
    if (field !== undefined) return new X509Certificate(Buffer.from(field, 'base64'));
    return text === '' ? undefined : new X509Certificate(decodeURIComponent(text));
  } catch {
    // Whoever sends nonsense has no certificate; the engine says so.
    return undefined;
  }
}

/** RFC 8705 2.1.2: the one registered member must be in the certificate, letter by letter, without wildcards. */
export function subjectMatches(
  certificate: X509Certificate,
  subject: Readonly<Record<string, unknown>>,
): boolean {
  const [[member, value] = []] = Object.entries(subject);
  if (typeof value !== 'string' || value === '') return false;
  switch (member ?? '') {
    case 'tls_client_auth_subject_dn':
      return plainName(value) === nameOf(certificate);
    case 'tls_client_auth_san_dns':
      return certificate.checkHost(value, { wildcards: false, subject: 'never' }) !== undefined;
    case 'tls_client_auth_san_email':
      return certificate.checkEmail(value, { subject: 'never' }) !== undefined;
    case 'tls_client_auth_san_ip':
      return certificate.checkIP(value) !== undefined;
    case 'tls_client_auth_san_uri':
      return urisOf(certificate).includes(value);
    default:
      return false;
  }
}

/** RFC 4514 writes the last part of a name first; the certificate lists it last. */
function nameOf({ subject }: X509Certificate): string {
  return subject.split('\n').toReversed().join(',');
}

/** `cn = a, O=b` and `CN=a,O=b` are one name: types know no case, blanks around separators mean nothing. */
function plainName(text: string): string {
  return text
    .split(/(?<!\\),/)
    .map((part) => {
      const [type = '', ...value] = part.split('=');
      return `${type.trim().toUpperCase()}=${value.join('=').trim()}`;
    })
    .join(',');
}

/** CVE-2021-44532: a name with a comma in it stands in quotes, and must not be read as two. */
function urisOf({ subjectAltName = '' }: X509Certificate): readonly string[] {
  const names = subjectAltName.matchAll(/(?:^|, )(\w[\w ]*):("(?:[^"\\]|\\.)*"|[^",]*)(?=, |$)/g);
  return [...names].flatMap(([, kind, name = '']) => (kind === 'URI' && !name.startsWith('"') ? [name] : []));
}
