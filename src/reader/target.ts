/** Where the path of a request target begins: 0, or behind the origin of an absolute one such as `http://host/path`. */
export function pathStart(target: string): number {
  if (target.charCodeAt(0) === 47) return 0;
  const colon = target.indexOf("://");
  if (colon === -1) return 0;
  if (!/^[a-z]/i.test(target)) return 0;
  for (let at = 1; at < colon; at++) if (!/[a-z0-9+.-]/i.test(target.charAt(at))) return 0;
  return pathBehind(target, colon + 3);
}

/** Where the path that begins at `from` ends: before the query or the fragment. */
export function pathEnd(target: string, from: number): number {
  for (let at = from; at < target.length; at++) {
    const unit = target.charCodeAt(at);
    if (unit === 63 || unit === 35) return at;
  }
  return target.length;
}

/** The host and port of an absolute target, or undefined. */
export function targetAuthority(target: string): string | undefined {
  const end = pathStart(target);
  if (end === 0) return undefined;
  const origin = target.slice(target.indexOf("://") + 3, end);
  return origin.slice(origin.lastIndexOf("@") + 1);
}

function pathBehind(target: string, from: number): number {
  for (let at = from; at < target.length; at++) {
    const unit = target.charCodeAt(at);
    if (unit === 47 || unit === 63 || unit === 35) return at;
  }
  return target.length;
}
