# small, newest, all
SELECT t.id, t.version, t."name" FROM {deal} t WHERE t.deleted_at IS NULL ORDER BY t.id DESC LIMIT $1::bigint
SELECT count(*) FROM (SELECT 1 FROM {deal} t WHERE t.deleted_at IS NULL LIMIT $1::bigint) c

# small, newest, team
SELECT t.id, t.version, t."name" FROM {deal} t WHERE t.deleted_at IS NULL AND t.owner_id IN ($1::bigint, $2::bigint, $3::bigint) ORDER BY t.id DESC LIMIT $4::bigint
SELECT count(*) FROM (SELECT 1 FROM {deal} t WHERE t.deleted_at IS NULL AND t.owner_id IN ($1::bigint, $2::bigint, $3::bigint) LIMIT $4::bigint) c

# small, shared too
SELECT t.id, t.version, t."name", p.k0 FROM (SELECT u.id, u.k0 FROM (SELECT x1.id, x1.k0 FROM (SELECT t.id AS id, t."amount_b" AS k0 FROM {deal} t WHERE t.deleted_at IS NULL AND t.owner_id IN ($1::bigint, $2::bigint, $3::bigint) AND t."amount_b" IS NOT NULL ORDER BY t."amount_b" DESC, t.id DESC LIMIT $4::bigint) x1 UNION ALL SELECT x3.id, x3.k0 FROM (SELECT t.id AS id, t."amount_b" AS k0 FROM {deal} t WHERE t.deleted_at IS NULL AND t.id IN (SELECT x2.record FROM {extra_access} x2 WHERE x2.member = $5::bigint AND x2.object = $6::text AND x2.level >= $7::bigint AND (x2.until IS NULL OR x2.until > $8::bigint)) AND (t.owner_id IN ($9::bigint, $10::bigint, $11::bigint)) IS NOT TRUE AND t."amount_b" IS NOT NULL ORDER BY t."amount_b" DESC, t.id DESC LIMIT $12::bigint) x3) u ORDER BY u.k0 DESC, u.id DESC LIMIT $13::bigint) p JOIN {deal} t ON t.id = p.id ORDER BY p.k0 DESC, p.id DESC
SELECT t.id, t.version, t."name", p.k0 FROM (SELECT u.id, u.k0 FROM (SELECT x1.id, x1.k0 FROM (SELECT t.id AS id, t."amount_b" AS k0 FROM {deal} t WHERE t.deleted_at IS NULL AND t.owner_id IN ($1::bigint, $2::bigint, $3::bigint) AND t."amount_b" IS NULL ORDER BY t."amount_b" DESC, t.id DESC LIMIT $4::bigint) x1 UNION ALL SELECT x3.id, x3.k0 FROM (SELECT t.id AS id, t."amount_b" AS k0 FROM {deal} t WHERE t.deleted_at IS NULL AND t.id IN (SELECT x2.record FROM {extra_access} x2 WHERE x2.member = $5::bigint AND x2.object = $6::text AND x2.level >= $7::bigint AND (x2.until IS NULL OR x2.until > $8::bigint)) AND (t.owner_id IN ($9::bigint, $10::bigint, $11::bigint)) IS NOT TRUE AND t."amount_b" IS NULL ORDER BY t."amount_b" DESC, t.id DESC LIMIT $12::bigint) x3) u ORDER BY u.k0 DESC, u.id DESC LIMIT $13::bigint) p JOIN {deal} t ON t.id = p.id ORDER BY p.k0 DESC, p.id DESC
SELECT count(*) FROM (SELECT 1 FROM (SELECT 1 FROM {deal} t WHERE t.deleted_at IS NULL AND t.owner_id IN ($1::bigint, $2::bigint, $3::bigint) LIMIT $4::bigint) x2 UNION ALL SELECT 1 FROM (SELECT 1 FROM {deal} t WHERE t.deleted_at IS NULL AND t.id IN (SELECT x1.record FROM {extra_access} x1 WHERE x1.member = $5::bigint AND x1.object = $6::text AND x1.level >= $7::bigint AND (x1.until IS NULL OR x1.until > $8::bigint)) AND (t.owner_id IN ($9::bigint, $10::bigint, $11::bigint)) IS NOT TRUE LIMIT $12::bigint) x3 LIMIT $13::bigint) c

# all by amount
SELECT t.id, t.version, t."name", t."amount_b" FROM {deal} t WHERE t.deleted_at IS NULL AND t."amount_b" IS NOT NULL ORDER BY t."amount_b" DESC, t.id DESC LIMIT $1::bigint
SELECT t.id, t.version, t."name", t."amount_b" FROM {deal} t WHERE t.deleted_at IS NULL AND t."amount_b" IS NULL ORDER BY t."amount_b" DESC, t.id DESC LIMIT $1::bigint
SELECT count(*) FROM (SELECT 1 FROM {deal} t WHERE t.deleted_at IS NULL LIMIT $1::bigint) c

# all by amount, later page
SELECT t.id, t.version, t."name", t."amount_b" FROM {deal} t WHERE t.deleted_at IS NULL AND (t."amount_b", t.id) < ($1::bigint, $2::bigint) ORDER BY t."amount_b" DESC, t.id DESC LIMIT $3::bigint
SELECT t.id, t.version, t."name", t."amount_b" FROM {deal} t WHERE t.deleted_at IS NULL AND t."amount_b" IS NULL ORDER BY t."amount_b" DESC, t.id DESC LIMIT $1::bigint
SELECT count(*) FROM (SELECT 1 FROM {deal} t WHERE t.deleted_at IS NULL LIMIT $1::bigint) c

# all by amount ascending, later page
SELECT t.id, t.version, t."name", t."amount_b" FROM {deal} t WHERE t.deleted_at IS NULL AND (t."amount_b", t.id) > ($1::bigint, $2::bigint) ORDER BY t."amount_b", t.id LIMIT $3::bigint
SELECT t.id, t.version, t."name", t."amount_b" FROM {deal} t WHERE t.deleted_at IS NULL AND t."amount_b" IS NULL ORDER BY t."amount_b", t.id LIMIT $1::bigint
SELECT count(*) FROM (SELECT 1 FROM {deal} t WHERE t.deleted_at IS NULL LIMIT $1::bigint) c

# all by name, later page
SELECT t.id, t.version, t."name", t."name_k" FROM {deal} t WHERE t.deleted_at IS NULL AND t."name_k" = $1::bytea AND t.id < $2::bigint ORDER BY t."name_k", t.id DESC LIMIT $3::bigint
SELECT t.id, t.version, t."name", t."name_k" FROM {deal} t WHERE t.deleted_at IS NULL AND t."name_k" > $1::bytea ORDER BY t."name_k", t.id DESC LIMIT $2::bigint
SELECT t.id, t.version, t."name", t."name_k" FROM {deal} t WHERE t.deleted_at IS NULL AND t."name_k" IS NULL ORDER BY t."name_k", t.id DESC LIMIT $1::bigint
SELECT count(*) FROM (SELECT 1 FROM {deal} t WHERE t.deleted_at IS NULL LIMIT $1::bigint) c

# all by amount, behind the empty ones
SELECT t.id, t.version, t."name", t."amount_b" FROM {deal} t WHERE t.deleted_at IS NULL AND t."amount_b" IS NULL AND t.id < $1::bigint ORDER BY t."amount_b" DESC, t.id DESC LIMIT $2::bigint
SELECT count(*) FROM (SELECT 1 FROM {deal} t WHERE t.deleted_at IS NULL LIMIT $1::bigint) c

# two keys, later page
SELECT t.id, t.version, t."name", t."close_date", t."amount_b" FROM {deal} t WHERE t.deleted_at IS NULL AND t."close_date" = $1::date AND t."amount_b" = $2::bigint AND t.id > $3::bigint ORDER BY t."close_date", t."amount_b" DESC NULLS LAST, t.id LIMIT $4::bigint
SELECT t.id, t.version, t."name", t."close_date", t."amount_b" FROM {deal} t WHERE t.deleted_at IS NULL AND t."close_date" = $1::date AND t."amount_b" < $2::bigint ORDER BY t."close_date", t."amount_b" DESC NULLS LAST, t.id LIMIT $3::bigint
SELECT t.id, t.version, t."name", t."close_date", t."amount_b" FROM {deal} t WHERE t.deleted_at IS NULL AND t."close_date" = $1::date AND t."amount_b" IS NULL ORDER BY t."close_date", t."amount_b" DESC NULLS LAST, t.id LIMIT $2::bigint
SELECT t.id, t.version, t."name", t."close_date", t."amount_b" FROM {deal} t WHERE t.deleted_at IS NULL AND t."close_date" > $1::date ORDER BY t."close_date", t."amount_b" DESC NULLS LAST, t.id LIMIT $2::bigint
SELECT t.id, t.version, t."name", t."close_date", t."amount_b" FROM {deal} t WHERE t.deleted_at IS NULL AND t."close_date" IS NULL ORDER BY t."close_date", t."amount_b" DESC NULLS LAST, t.id LIMIT $1::bigint
SELECT count(*) FROM (SELECT 1 FROM {deal} t WHERE t.deleted_at IS NULL LIMIT $1::bigint) c

# many owners, stage by amount
SELECT t.id, t.version, t."name", p.k0 FROM (SELECT n.id, n.k0 FROM (VALUES ($3::bigint), ($4::bigint), ($5::bigint)) AS o(member) CROSS JOIN LATERAL (SELECT t.id AS id, t."amount_b" AS k0 FROM {deal} t WHERE t.deleted_at IS NULL AND t.owner_id >= o.member AND t.owner_id <= o.member AND t."stage_id" = $1::bigint AND t."amount_b" IS NOT NULL ORDER BY t.owner_id, t."amount_b" DESC, t.id DESC LIMIT $2::bigint) n ORDER BY n.k0 DESC, n.id DESC LIMIT $6::bigint) p JOIN {deal} t ON t.id = p.id ORDER BY p.k0 DESC, p.id DESC
SELECT t.id, t.version, t."name", p.k0 FROM (SELECT n.id, n.k0 FROM (VALUES ($3::bigint), ($4::bigint), ($5::bigint)) AS o(member) CROSS JOIN LATERAL (SELECT t.id AS id, t."amount_b" AS k0 FROM {deal} t WHERE t.deleted_at IS NULL AND t.owner_id >= o.member AND t.owner_id <= o.member AND t."stage_id" = $1::bigint AND t."amount_b" IS NULL ORDER BY t.owner_id, t."amount_b" DESC, t.id DESC LIMIT $2::bigint) n ORDER BY n.k0 DESC, n.id DESC LIMIT $6::bigint) p JOIN {deal} t ON t.id = p.id ORDER BY p.k0 DESC, p.id DESC
SELECT count(*) FROM (SELECT 1 FROM (VALUES ($1::bigint), ($2::bigint), ($3::bigint)) AS m(member) CROSS JOIN LATERAL (SELECT 1 FROM {deal} t WHERE t.owner_id = m.member AND t.deleted_at IS NULL AND t."stage_id" = $4::bigint LIMIT $5::bigint) n LIMIT $5::bigint) c

# few of many owners, stage by amount
SELECT t.id, t.version, t."name", p.k0 FROM (SELECT n.id, n.k0 FROM (VALUES ($3::bigint), ($4::bigint), ($5::bigint)) AS o(member) CROSS JOIN LATERAL (SELECT t.id AS id, t."amount_b" AS k0 FROM {deal} t WHERE t.deleted_at IS NULL AND t.owner_id >= o.member AND t.owner_id <= o.member AND t."stage_id" = $1::bigint AND t."amount_b" IS NOT NULL ORDER BY t.owner_id, t."amount_b" DESC, t.id DESC LIMIT $2::bigint) n ORDER BY n.k0 DESC, n.id DESC LIMIT $6::bigint) p JOIN {deal} t ON t.id = p.id ORDER BY p.k0 DESC, p.id DESC
SELECT t.id, t.version, t."name", p.k0 FROM (SELECT n.id, n.k0 FROM (VALUES ($3::bigint), ($4::bigint), ($5::bigint)) AS o(member) CROSS JOIN LATERAL (SELECT t.id AS id, t."amount_b" AS k0 FROM {deal} t WHERE t.deleted_at IS NULL AND t.owner_id >= o.member AND t.owner_id <= o.member AND t."stage_id" = $1::bigint AND t."amount_b" IS NULL ORDER BY t.owner_id, t."amount_b" DESC, t.id DESC LIMIT $2::bigint) n ORDER BY n.k0 DESC, n.id DESC LIMIT $6::bigint) p JOIN {deal} t ON t.id = p.id ORDER BY p.k0 DESC, p.id DESC
SELECT count(*) FROM (SELECT 1 FROM (VALUES ($1::bigint), ($2::bigint), ($3::bigint)) AS m(member) CROSS JOIN LATERAL (SELECT 1 FROM {deal} t WHERE t.owner_id = m.member AND t.deleted_at IS NULL AND t."stage_id" = $4::bigint LIMIT $5::bigint) n LIMIT $5::bigint) c

# one owner, stage by amount
SELECT t.id, t.version, t."name", t."amount_b" FROM {deal} t WHERE t.deleted_at IS NULL AND +t.owner_id IN ($1::bigint, $2::bigint, $3::bigint) AND t."stage_id" = $4::bigint AND t."owner_id" = $5::bigint AND t."amount_b" IS NOT NULL ORDER BY t."amount_b" DESC, t.id DESC LIMIT $6::bigint
SELECT t.id, t.version, t."name", t."amount_b" FROM {deal} t WHERE t.deleted_at IS NULL AND +t.owner_id IN ($1::bigint, $2::bigint, $3::bigint) AND t."stage_id" = $4::bigint AND t."owner_id" = $5::bigint AND t."amount_b" IS NULL ORDER BY t."amount_b" DESC, t.id DESC LIMIT $6::bigint
SELECT count(*) FROM (SELECT 1 FROM (VALUES ($1::bigint), ($2::bigint), ($3::bigint)) AS m(member) CROSS JOIN LATERAL (SELECT 1 FROM {deal} t WHERE t.owner_id = m.member AND t.deleted_at IS NULL AND t."stage_id" = $4::bigint AND t."owner_id" = $5::bigint LIMIT $6::bigint) n LIMIT $6::bigint) c

# scope and shares
SELECT t.id, t.version, t."name", p.k0 FROM (SELECT u.id, u.k0 FROM (SELECT x1.id, x1.k0 FROM (SELECT n.id, n.k0 FROM (VALUES ($2::bigint), ($3::bigint), ($4::bigint)) AS o(member) CROSS JOIN LATERAL (SELECT t.id AS id, t."amount_b" AS k0 FROM {deal} t WHERE t.deleted_at IS NULL AND t.owner_id >= o.member AND t.owner_id <= o.member AND t."amount_b" IS NOT NULL ORDER BY t.owner_id, t."amount_b" DESC, t.id DESC LIMIT $1::bigint) n ORDER BY n.k0 DESC, n.id DESC LIMIT $5::bigint) x1 UNION ALL SELECT x3.id, x3.k0 FROM (SELECT t.id AS id, t."amount_b" AS k0 FROM {deal} t WHERE t.deleted_at IS NULL AND t.id IN (SELECT x2.record FROM {extra_access} x2 WHERE x2.member = $6::bigint AND x2.object = $7::text AND x2.level >= $8::bigint AND (x2.until IS NULL OR x2.until > $9::bigint)) AND (t.owner_id IN ($10::bigint, $11::bigint, $12::bigint)) IS NOT TRUE AND t."amount_b" IS NOT NULL ORDER BY t."amount_b" DESC, t.id DESC LIMIT $13::bigint) x3) u ORDER BY u.k0 DESC, u.id DESC LIMIT $14::bigint) p JOIN {deal} t ON t.id = p.id ORDER BY p.k0 DESC, p.id DESC
SELECT t.id, t.version, t."name", p.k0 FROM (SELECT u.id, u.k0 FROM (SELECT x1.id, x1.k0 FROM (SELECT n.id, n.k0 FROM (VALUES ($2::bigint), ($3::bigint), ($4::bigint)) AS o(member) CROSS JOIN LATERAL (SELECT t.id AS id, t."amount_b" AS k0 FROM {deal} t WHERE t.deleted_at IS NULL AND t.owner_id >= o.member AND t.owner_id <= o.member AND t."amount_b" IS NULL ORDER BY t.owner_id, t."amount_b" DESC, t.id DESC LIMIT $1::bigint) n ORDER BY n.k0 DESC, n.id DESC LIMIT $5::bigint) x1 UNION ALL SELECT x3.id, x3.k0 FROM (SELECT t.id AS id, t."amount_b" AS k0 FROM {deal} t WHERE t.deleted_at IS NULL AND t.id IN (SELECT x2.record FROM {extra_access} x2 WHERE x2.member = $6::bigint AND x2.object = $7::text AND x2.level >= $8::bigint AND (x2.until IS NULL OR x2.until > $9::bigint)) AND (t.owner_id IN ($10::bigint, $11::bigint, $12::bigint)) IS NOT TRUE AND t."amount_b" IS NULL ORDER BY t."amount_b" DESC, t.id DESC LIMIT $13::bigint) x3) u ORDER BY u.k0 DESC, u.id DESC LIMIT $14::bigint) p JOIN {deal} t ON t.id = p.id ORDER BY p.k0 DESC, p.id DESC
SELECT count(*) FROM (SELECT 1 FROM (SELECT 1 FROM (VALUES ($1::bigint), ($2::bigint), ($3::bigint)) AS m(member) CROSS JOIN LATERAL (SELECT 1 FROM {deal} t WHERE t.owner_id = m.member AND t.deleted_at IS NULL LIMIT $4::bigint) n LIMIT $4::bigint) x2 UNION ALL SELECT 1 FROM (SELECT 1 FROM {deal} t WHERE t.deleted_at IS NULL AND t.id IN (SELECT x1.record FROM {extra_access} x1 WHERE x1.member = $5::bigint AND x1.object = $6::text AND x1.level >= $7::bigint AND (x1.until IS NULL OR x1.until > $8::bigint)) AND (t.owner_id IN ($9::bigint, $10::bigint, $11::bigint)) IS NOT TRUE LIMIT $12::bigint) x3 LIMIT $13::bigint) c

# another index may know better
SELECT t.id, t.version, t."name", t."amount_b" FROM {deal} t WHERE t.deleted_at IS NULL AND t.owner_id IN ($1::bigint, $2::bigint, $3::bigint) AND t."account_id" = $4::bigint AND t."amount_b" IS NOT NULL ORDER BY t."amount_b" DESC, t.id DESC LIMIT $5::bigint
SELECT t.id, t.version, t."name", t."amount_b" FROM {deal} t WHERE t.deleted_at IS NULL AND t.owner_id IN ($1::bigint, $2::bigint, $3::bigint) AND t."account_id" = $4::bigint AND t."amount_b" IS NULL ORDER BY t."amount_b" DESC, t.id DESC LIMIT $5::bigint
SELECT count(*) FROM (SELECT 1 FROM (VALUES ($1::bigint), ($2::bigint), ($3::bigint)) AS m(member) CROSS JOIN LATERAL (SELECT 1 FROM {deal} t WHERE t.owner_id = m.member AND t.deleted_at IS NULL AND t."account_id" = $4::bigint LIMIT $5::bigint) n LIMIT $5::bigint) c

# over a link
SELECT t.id, t.version, t."name", ja."name", p.k0 FROM (SELECT u.id, u.k0 FROM (SELECT t.id AS id, (SELECT x1."name_k" FROM {account} x1 WHERE x1.id = t."account_id" AND x1.deleted_at IS NULL AND x1.owner_id IN ($1::bigint, $2::bigint, $3::bigint)) AS k0 FROM {deal} t WHERE t.deleted_at IS NULL AND t.owner_id IN ($4::bigint, $5::bigint, $6::bigint)) u ORDER BY u.k0, u.id LIMIT $7::bigint) p JOIN {deal} t ON t.id = p.id LEFT JOIN {account} ja ON ja.id = t."account_id" AND ja.deleted_at IS NULL AND ja.owner_id IN ($8::bigint, $9::bigint, $10::bigint) ORDER BY p.k0, p.id
SELECT count(*) FROM (SELECT 1 FROM {deal} t WHERE t.deleted_at IS NULL AND t.owner_id IN ($1::bigint, $2::bigint, $3::bigint) LIMIT $4::bigint) c

# trash
SELECT t.id, t.version, t."name", t."deleted_at" FROM {deal} t WHERE t.deleted_at IS NOT NULL AND t.owner_id IN ($1::bigint, $2::bigint, $3::bigint) AND t.owner_id = $4::bigint ORDER BY t."deleted_at" DESC, t.id DESC LIMIT $5::bigint
SELECT count(*) FROM (SELECT 1 FROM {deal} t WHERE t.deleted_at IS NOT NULL AND t.owner_id IN ($1::bigint, $2::bigint, $3::bigint) AND t.owner_id = $4::bigint LIMIT $5::bigint) c

