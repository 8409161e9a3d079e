// From requests as data to requests as a gateway meets them.

/** Header objects as node makes them: keys stored one by one, in wire order, into an empty object. */
function build(method, url, names, values, alias) {
  const headers = {};
  for (let i = 0; i < names.length; i++) headers[names[i]] = values(i);
  return alias === undefined ? { method, url, headers } : { method, url, headers, alias };
}

/** The string that the engine itself keeps for a text, as it does for literals: the best case of `===` and of every table. */
function interned(text) {
  return Object.keys({ [text]: 0 })[0];
}

/**
 * Holds requests as bytes and cuts them anew at every call of `fresh`, as a parser does: no string it returns has been hashed,
 * interned or compared before. `reused` returns the same objects each time, of interned strings.
 */
export function pool(requests) {
  const texts = [];
  let length = 0;
  const put = (text) => {
    texts.push(text);
    return [length, (length += text.length)];
  };
  const spans = requests.map(({ method, url, pairs, alias }) => ({
    method,
    url: put(url),
    names: pairs.map(([name]) => interned(name)),
    bounds: Int32Array.from(pairs.flatMap(([, value]) => put(value))),
    alias: alias === undefined ? undefined : put(alias),
  }));
  const bytes = Buffer.from(texts.join(""), "latin1");
  if (bytes.toString("latin1") !== texts.join("")) throw new Error("a header can only hold latin1");
  const kept = [];

  const fresh = (index) => {
    const { method, url, names, bounds, alias } = spans[index];
    return build(
      method,
      bytes.latin1Slice(url[0], url[1]),
      names,
      (i) => bytes.latin1Slice(bounds[2 * i], bounds[2 * i + 1]),
      alias && bytes.latin1Slice(alias[0], alias[1]),
    );
  };
  const reused = (index) => {
    const { method, url, pairs, alias } = requests[index];
    const names = spans[index].names;
    return (kept[index] ??= build(method, interned(url), names, (i) => interned(pairs[i][1]), alias && interned(alias)));
  };
  return { size: requests.length, fresh, reused };
}
