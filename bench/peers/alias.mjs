// An alias in the pieces that every peer is given it in, and what a host that uses a peer has to do itself.

/** The strategies in the order in which they are tried; each with its rules. */
export function strategies({ additional_version_strategy = {} }) {
  return Object.entries(additional_version_strategy).map(([version, { combine_type, rules }]) => ({
    version,
    all: combine_type === "and",
    rules: rules.map(({ rule_type, param, op, value }) => ({
      cookie: rule_type === "Cookie",
      param,
      values: op === "in" ? value.split(",") : [value],
    })),
  }));
}

/** The split from 0 up: versions with their share in percent. The first declared lies at the bottom, the second at the top. */
export function arms({ version, additional_version_weights = {} }) {
  const [first, second, ...others] = Object.entries(additional_version_weights).map(([name, percent]) => ({ version: name, percent }));
  if (first === undefined) return [];
  const declared = [first, ...(second === undefined ? [] : [second]), ...others];
  const rest = { version, percent: 100 - declared.reduce((sum, { percent }) => sum + percent, 0) };
  return [first, ...others, rest, ...(second === undefined ? [] : [second])];
}

/** The header that a sticky split hashes, if there is one. */
export function stickyHeader({ stickiness }) {
  return stickiness?.keys[0].param;
}

/** The cookies that the rules ask for. */
export function cookieNames(config) {
  return [...new Set(strategies(config).flatMap(({ rules }) => rules.filter((rule) => rule.cookie).map(({ param }) => param)))];
}

/** The headers that the rules ask for. */
export function headerNames(config) {
  return [...new Set(strategies(config).flatMap(({ rules }) => rules.filter((rule) => !rule.cookie).map(({ param }) => param)))];
}

/** One cookie of a Cookie header, found by a scan: no peer reads cookies, so its host does, and no slower than the hand. */
export function cookie(field, name) {
  if (field === undefined) return undefined;
  let at = name.length + 1;
  if (!field.startsWith(`${name}=`)) {
    at = field.indexOf(`; ${name}=`);
    if (at < 0) return undefined;
    at += name.length + 3;
  }
  const end = field.indexOf(";", at);
  return end < 0 ? field.slice(at) : field.slice(at, end);
}

/** The asked cookies of a request, as an object. */
export function cookiesOf(request, names) {
  const found = {};
  for (let i = 0; i < names.length; i++) found[names[i]] = cookie(request.headers.cookie, names[i]);
  return found;
}
