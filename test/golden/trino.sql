-- untested: this script has not been run on Trino
SELECT canary_source.*,
  CASE canary_outcome WHEN 0 THEN 'v3' WHEN 1 THEN 'v2' WHEN 2 THEN 'v1' WHEN 3 THEN 'v1' WHEN 4 THEN 'v1' END AS canary_version,
  CASE canary_outcome WHEN 0 THEN 'rule' WHEN 1 THEN 'split' WHEN 2 THEN 'split' WHEN 3 THEN 'default' WHEN 4 THEN 'error' END AS canary_reason,
  CASE canary_outcome WHEN 0 THEN '/additional_version_strategy/v3' WHEN 1 THEN '/additional_version_weights/v2' WHEN 2 THEN '/version' WHEN 3 THEN '/stickiness/on_missing' WHEN 4 THEN '' END AS canary_at,
  canary_slot
FROM (SELECT * FROM requests) AS canary_source
CROSS JOIN LATERAL (
SELECT
  CASE WHEN regexp_like(typeof((cookie)), '^(varchar|tinyint|smallint|integer|bigint|uuid)([(]|$)') THEN CAST((cookie) AS varchar) ELSE CAST(fail('a column is no text: give an expression that makes it text') AS varchar) END AS canary_text_0,
  CASE WHEN regexp_like(typeof((target)), '^(varchar|tinyint|smallint|integer|bigint|uuid)([(]|$)') THEN CAST((target) AS varchar) ELSE CAST(fail('a column is no text: give an expression that makes it text') AS varchar) END AS canary_text_1,
  CASE WHEN regexp_like(typeof("x_user"), '^(varchar|tinyint|smallint|integer|bigint|uuid)([(]|$)') THEN CAST("x_user" AS varchar) ELSE CAST(fail('a column is no text: give an expression that makes it text') AS varchar) END AS canary_text_2) AS canary_layer_0
CROSS JOIN LATERAL (
SELECT
  regexp_replace(regexp_extract(canary_text_0, '(?:^|;)[ 	]*beta[ 	]*=([^;]*)', 1), '^[ 	]+|[ 	]+\z', '') AS canary_field_0,
  CASE WHEN regexp_like(canary_text_1, '^[A-Za-z][A-Za-z0-9+.-]*://') THEN coalesce(regexp_extract(canary_text_1, '^[^:]*://[^/?#]*(/[^?#]*)', 1), '/') ELSE regexp_extract(canary_text_1, '^[^?#]*') END AS canary_field_1) AS canary_layer_1
CROSS JOIN LATERAL (
SELECT
  CASE WHEN canary_field_0 = 'it''s' OR canary_field_1 = '/a' THEN 0 ELSE CAST(NULL AS integer) END AS canary_rule,
  CASE WHEN canary_text_2 <> '' THEN ('shop' || canary_text_2) ELSE CAST(NULL AS varchar) END AS canary_key) AS canary_layer_2
CROSS JOIN LATERAL (
SELECT
  CASE WHEN canary_rule IS NOT NULL THEN CAST(NULL AS integer) WHEN canary_key IS NOT NULL THEN CAST((CAST(from_big_endian_32(reverse(substr(sha256(to_utf8(canary_key)), 29, 4))) AS bigint) + 4294967296) % 4294967296 * 10000 / 4294967296 AS integer) ELSE CAST(NULL AS integer) END AS canary_slot) AS canary_layer_3
CROSS JOIN LATERAL (
SELECT
  CASE WHEN canary_rule IS NOT NULL THEN canary_rule WHEN canary_slot < 2000 THEN 1 WHEN canary_slot < 10000 THEN 2 ELSE 3 END AS canary_outcome) AS canary_layer_4;
