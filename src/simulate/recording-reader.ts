import { type Access, type Field, nodeReader, type NodeRequest, type Reader, sourceName, valueIn } from "../request/index.ts";

/** The text of a field that was read last, and whether it was an own property of the request. */
interface LastText {
  text: string | undefined;
  own: boolean;
}

/**
 * A reader for a route, and the key of the sticky draw that the route has just come to: the first of the fields that the request
 * has, and not empty. The route has read it, so it need not be read again, which takes 12 ns.
 */
export function recordingReader(keys: readonly Field[]): { readonly reader: Reader<NodeRequest>; readonly key: () => string | undefined } {
  const lastTexts = new Map<string, LastText>(keys.map((field) => [sourceName(field), { text: undefined, own: true }]));
  const listen = (field: Field, access: Access<NodeRequest>): Access<NodeRequest> => {
    const last = lastTexts.get(sourceName(field));
    if (last === undefined) return access;
    const { get, owns } = access;
    return {
      ...access,
      get: (carrier, request) => (last.text = get(carrier, request)),
      ...(owns && { owns: (carrier: object, request: NodeRequest) => (last.own = owns(carrier, request)) }),
    };
  };
  const places = keys.map((field) => ({ field, last: lastTexts.get(sourceName(field)) as LastText }));
  return {
    reader: {
      ...nodeReader,
      header: (name) => listen({ kind: "header", name }, nodeReader.header(name)),
      cookies: listen({ kind: "header", name: "cookie" }, nodeReader.cookies),
      url: listen({ kind: "path" }, nodeReader.url),
      method: listen({ kind: "method" }, nodeReader.method),
      authority: listen({ kind: "authority" }, nodeReader.authority),
      attribute: (name) => listen({ kind: "attribute", name }, nodeReader.attribute(name)),
    },
    key: () => {
      for (let at = 0; at < places.length; at++) {
        const { field, last } = places[at] as (typeof places)[number];
        const key = last.text !== undefined && last.own ? valueIn(field, last.text) : undefined;
        if (key !== undefined && key !== "") return key;
      }
      return undefined;
    },
  };
}
