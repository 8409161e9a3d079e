const COLON = 58;
const DOT = 46;
const ZERO = 48;
const PERCENT = 37;
const OPEN = 91;
const CLOSE = 93;

/**
 * Whether the characters from `from` up to `to` are an IPv4 address in four decimal parts, or an IPv6 address (RFC 4291, section
 * 2.2), perhaps with a zone (`fe80::1%eth0`). The same as node's `net.isIP`, and written here because the simulation runs in browsers.
 */
export function isAddress(text: string, from = 0, to: number = text.length): boolean {
  return isIPv4(text, from, to) || isIPv6(text, from, to);
}

function isIPv4(text: string, from: number, to: number): boolean {
  if (to - from > 15) return false;
  let dots = 0;
  let digits = 0;
  let value = 0;
  for (let at = from; at < to; at++) {
    const unit = text.charCodeAt(at);
    if (unit === DOT) {
      if (digits === 0) return false;
      dots++;
      digits = 0;
      value = 0;
    } else {
      // A second digit behind a zero would be octal for some readers.
      if (unit < ZERO || unit > ZERO + 9 || (digits > 0 && value === 0)) return false;
      value = value * 10 + unit - ZERO;
      if (value > 255) return false;
      digits++;
    }
  }
  return dots === 3 && digits > 0;
}

function isIPv6(text: string, from: number, to: number): boolean {
  let end = to;
  const zone = text.indexOf("%", from);
  if (zone !== -1 && zone < to) {
    if (!/^%[0-9A-Za-z.:_~-]+$/.test(text.slice(zone, to))) return false;
    end = zone;
  }
  if (end - from < 2 || end - from > 45) return false;
  let groups = 0;
  let compressed = false;
  let at = from;
  if (text.charCodeAt(at) === COLON) {
    if (text.charCodeAt(at + 1) !== COLON) return false;
    compressed = true;
    at += 2;
  }
  while (at < end) {
    const start = at;
    while (at < end && isHex(text.charCodeAt(at))) at++;
    const unit = at < end ? text.charCodeAt(at) : PERCENT;
    if (unit === DOT) {
      if (!isIPv4(text, start, end)) return false;
      groups += 2;
      break;
    }
    if (at === start || at - start > 4) return false;
    groups++;
    if (at === end) break;
    if (unit !== COLON) return false;
    at++;
    if (at < end && text.charCodeAt(at) === COLON) {
      if (compressed) return false;
      compressed = true;
      at++;
    } else if (at === end) return false;
  }
  return compressed ? groups < 8 : groups === 8;
}

function isHex(unit: number): boolean {
  return (unit >= ZERO && unit <= ZERO + 9) || (unit >= 97 && unit <= 102) || (unit >= 65 && unit <= 70);
}

/**
 * The address of an endpoint with a port, from `from` up to `to`: `192.0.2.7:443`, `[2001:db8::1]:443`, or IPv6 with the port behind the last
 * colon, as HAProxy writes it. Undefined where there is none.
 */
export function endpointAddress(text: string, from = 0, to: number = text.length): string | undefined {
  let colon = to - 1;
  while (colon > from && text.charCodeAt(colon) !== COLON) colon--;
  if (colon <= from || !isPort(text, colon + 1, to)) return undefined;
  const bracketed = text.charCodeAt(from) === OPEN && text.charCodeAt(colon - 1) === CLOSE;
  const [start, end] = bracketed ? [from + 1, colon - 1] : [from, colon];
  return isAddress(text, start, end) ? text.slice(start, end) : undefined;
}

function isPort(text: string, from: number, to: number): boolean {
  if (to <= from || to - from > 5) return false;
  let port = 0;
  for (let at = from; at < to; at++) {
    const unit = text.charCodeAt(at);
    if (unit < ZERO || unit > ZERO + 9) return false;
    port = port * 10 + unit - ZERO;
  }
  return port < 65_536;
}

/** Whether a text is a host name, or a host name with a port: letters, digits, `-`, `_` and dots, or an address in brackets. */
export function isAuthority(text: string): boolean {
  return text.length < 512 && /^(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_.])?|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/.test(text);
}
