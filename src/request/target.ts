/**
 * Where the path of a request target begins: 0, or behind the origin of an absolute one such as `http://host/path`. An origin
 * without a path has the path `/`; the first slash of its `://` stands for it.
 */
export function pathStart(target: string): number {
  if (target.startsWith("/")) return 0;
  const colon = target.indexOf("://");
  if (colon === -1) return 0;
  if (!/^[a-z]/i.test(target)) return 0;
  for (let at = 1; at < colon; at++) if (!/[a-z0-9+.-]/i.test(target.charAt(at))) return 0;
  const path = originEnd(target, colon + 3);
  return target.startsWith("/", path) ? path : colon + 1;
}

/** Where the path that begins at `from` ends: before the query or the fragment. */
export function pathEnd(target: string, from: number): number {
  if (from > 0 && target.indexOf("://") === from - 1) return from + 1;
  for (let at = from; at < target.length; at++) {
    const unit = target.charCodeAt(at);
    if (unit === 63 || unit === 35) return at;
  }
  return target.length;
}

/** The host and port of an absolute target, or undefined. */
export function targetAuthority(target: string): string | undefined {
  if (pathStart(target) === 0) return undefined;
  const start = target.indexOf("://") + 3;
  const origin = target.slice(start, originEnd(target, start));
  return origin.slice(origin.lastIndexOf("@") + 1);
}

function originEnd(target: string, from: number): number {
  for (let at = from; at < target.length; at++) {
    const unit = target.charCodeAt(at);
    if (unit === 47 || unit === 63 || unit === 35) return at;
  }
  return target.length;
}
