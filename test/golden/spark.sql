-- untested: this script has not been run on Spark
SELECT canary_source.*,
  CASE canary_outcome WHEN 0 THEN 'v3' WHEN 1 THEN 'v2' WHEN 2 THEN 'v1' WHEN 3 THEN 'v1' WHEN 4 THEN 'v1' END AS canary_version,
  CASE canary_outcome WHEN 0 THEN 'rule' WHEN 1 THEN 'split' WHEN 2 THEN 'split' WHEN 3 THEN 'default' WHEN 4 THEN 'error' END AS canary_reason,
  CASE canary_outcome WHEN 0 THEN '/additional_version_strategy/v3' WHEN 1 THEN '/additional_version_weights/v2' WHEN 2 THEN '/version' WHEN 3 THEN '/stickiness/on_missing' WHEN 4 THEN '' END AS canary_at,
  canary_slot
FROM (SELECT * FROM requests) AS canary_source
CROSS JOIN LATERAL (
SELECT
  CASE WHEN typeof((cookie)) IN ('string', 'tinyint', 'smallint', 'int', 'bigint') THEN CAST((cookie) AS STRING) ELSE raise_error('a column is no text: give an expression that makes it text') END AS canary_text_0,
  CASE WHEN typeof((target)) IN ('string', 'tinyint', 'smallint', 'int', 'bigint') THEN CAST((target) AS STRING) ELSE raise_error('a column is no text: give an expression that makes it text') END AS canary_text_1,
  CASE WHEN typeof(`x_user`) IN ('string', 'tinyint', 'smallint', 'int', 'bigint') THEN CAST(`x_user` AS STRING) ELSE raise_error('a column is no text: give an expression that makes it text') END AS canary_text_2) AS canary_layer_0
CROSS JOIN LATERAL (
SELECT
  CASE WHEN canary_text_0 RLIKE '(?:^|;)[ \u0009]*beta[ \u0009]*=([^;]*)' THEN regexp_replace(regexp_extract(canary_text_0, '(?:^|;)[ \u0009]*beta[ \u0009]*=([^;]*)', 1), '^[ \u0009]+|[ \u0009]+\u005cz', '') END AS canary_field_0,
  CASE WHEN canary_text_1 RLIKE '^[A-Za-z][A-Za-z0-9+.-]*://' THEN CASE WHEN canary_text_1 RLIKE '^[^:]*://[^/?#]*/' THEN regexp_extract(canary_text_1, '^[^:]*://[^/?#]*(/[^?#]*)', 1) ELSE '/' END ELSE regexp_extract(canary_text_1, '^[^?#]*', 0) END AS canary_field_1) AS canary_layer_1
CROSS JOIN LATERAL (
SELECT
  CASE WHEN canary_field_0 = 'it\u0027s' OR canary_field_1 = '/a' THEN 0 ELSE CAST(NULL AS INT) END AS canary_rule,
  CASE WHEN canary_text_2 <> '' THEN ('shop' || canary_text_2) ELSE CAST(NULL AS STRING) END AS canary_key) AS canary_layer_2
CROSS JOIN LATERAL (
SELECT
  CASE WHEN canary_rule IS NOT NULL THEN CAST(NULL AS INT) WHEN canary_key IS NOT NULL THEN CAST(CAST(conv(substr(sha2(canary_key, 256), 63, 2) || substr(sha2(canary_key, 256), 61, 2) || substr(sha2(canary_key, 256), 59, 2) || substr(sha2(canary_key, 256), 57, 2), 16, 10) AS BIGINT) * 10000 DIV 4294967296 AS INT) ELSE CAST(NULL AS INT) END AS canary_slot) AS canary_layer_3
CROSS JOIN LATERAL (
SELECT
  CASE WHEN canary_rule IS NOT NULL THEN canary_rule WHEN canary_slot < 2000 THEN 1 WHEN canary_slot < 10000 THEN 2 ELSE 3 END AS canary_outcome) AS canary_layer_4;
