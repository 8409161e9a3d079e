/** Aliases in YAML, with positions, read to the same values as JSON: the surface of `canary-router/yaml`. */
export { parseYaml } from "./parse-yaml.ts";
export { formatYaml, withItems } from "./write.ts";
export { readYaml, type YamlOptions } from "./yaml.ts";
