# small, newest, all
SELECT t.id, t.version, t."name" FROM {deal} t WHERE t.deleted_at IS NULL ORDER BY t.id DESC LIMIT $1
SELECT count(*) FROM (SELECT 1 FROM {deal} t WHERE t.deleted_at IS NULL LIMIT $1) c

# small, newest, team
SELECT t.id, t.version, t."name" FROM {deal} t WHERE t.deleted_at IS NULL AND t.owner_id IN ($1, $2, $3) ORDER BY t.id DESC LIMIT $4
SELECT count(*) FROM (SELECT 1 FROM {deal} t WHERE t.deleted_at IS NULL AND t.owner_id IN ($1, $2, $3) LIMIT $4) c

# small, shared too
SELECT t.id, t.version, t."name", p.k0 FROM (SELECT u.id, u.k0 FROM (SELECT x1.id, x1.k0 FROM (SELECT t.id AS id, t."amount_b" AS k0 FROM {deal} t WHERE t.deleted_at IS NULL AND t.owner_id IN ($1, $2, $3) AND t."amount_b" IS NOT NULL ORDER BY t."amount_b" DESC, t.id DESC LIMIT $4) x1 UNION ALL SELECT x3.id, x3.k0 FROM (SELECT t.id AS id, t."amount_b" AS k0 FROM {deal} t WHERE t.deleted_at IS NULL AND t.id IN (SELECT x2.record FROM {extra_access} x2 WHERE x2.member = $5 AND x2.object = $6 AND x2.level >= $7 AND (x2.until IS NULL OR x2.until > $8)) AND (t.owner_id IN ($9, $10, $11)) IS NOT TRUE AND t."amount_b" IS NOT NULL ORDER BY t."amount_b" DESC, t.id DESC LIMIT $12) x3) u ORDER BY u.k0 DESC, u.id DESC LIMIT $13) p JOIN {deal} t ON t.id = p.id ORDER BY p.k0 DESC, p.id DESC
SELECT t.id, t.version, t."name", p.k0 FROM (SELECT u.id, u.k0 FROM (SELECT x1.id, x1.k0 FROM (SELECT t.id AS id, t."amount_b" AS k0 FROM {deal} t WHERE t.deleted_at IS NULL AND t.owner_id IN ($1, $2, $3) AND t."amount_b" IS NULL ORDER BY t."amount_b" DESC, t.id DESC LIMIT $4) x1 UNION ALL SELECT x3.id, x3.k0 FROM (SELECT t.id AS id, t."amount_b" AS k0 FROM {deal} t WHERE t.deleted_at IS NULL AND t.id IN (SELECT x2.record FROM {extra_access} x2 WHERE x2.member = $5 AND x2.object = $6 AND x2.level >= $7 AND (x2.until IS NULL OR x2.until > $8)) AND (t.owner_id IN ($9, $10, $11)) IS NOT TRUE AND t."amount_b" IS NULL ORDER BY t."amount_b" DESC, t.id DESC LIMIT $12) x3) u ORDER BY u.k0 DESC, u.id DESC LIMIT $13) p JOIN {deal} t ON t.id = p.id ORDER BY p.k0 DESC, p.id DESC
SELECT count(*) FROM (SELECT 1 FROM (SELECT 1 FROM {deal} t WHERE t.deleted_at IS NULL AND t.owner_id IN ($1, $2, $3) LIMIT $4) x2 UNION ALL SELECT 1 FROM (SELECT 1 FROM {deal} t WHERE t.deleted_at IS NULL AND t.id IN (SELECT x1.record FROM {extra_access} x1 WHERE x1.member = $5 AND x1.object = $6 AND x1.level >= $7 AND (x1.until IS NULL OR x1.until > $8)) AND (t.owner_id IN ($9, $10, $11)) IS NOT TRUE LIMIT $12) x3 LIMIT $13) c

# all by amount
SELECT t.id, t.version, t."name", t."amount_b" FROM {deal} t INDEXED BY "deal_amount_d" WHERE t.deleted_at IS NULL AND t."amount_b" IS NOT NULL ORDER BY t."amount_b" DESC, t.id DESC LIMIT $1
SELECT t.id, t.version, t."name", t."amount_b" FROM {deal} t INDEXED BY "deal_amount_d" WHERE t.deleted_at IS NULL AND t."amount_b" IS NULL ORDER BY t."amount_b" DESC, t.id DESC LIMIT $1
SELECT count(*) FROM (SELECT 1 FROM {deal} t WHERE t.deleted_at IS NULL LIMIT $1) c

# all by amount, later page
SELECT t.id, t.version, t."name", t."amount_b" FROM {deal} t INDEXED BY "deal_amount_d" WHERE t.deleted_at IS NULL AND (t."amount_b", t.id) < ($1, $2) ORDER BY t."amount_b" DESC, t.id DESC LIMIT $3
SELECT t.id, t.version, t."name", t."amount_b" FROM {deal} t INDEXED BY "deal_amount_d" WHERE t.deleted_at IS NULL AND t."amount_b" IS NULL ORDER BY t."amount_b" DESC, t.id DESC LIMIT $1
SELECT count(*) FROM (SELECT 1 FROM {deal} t WHERE t.deleted_at IS NULL LIMIT $1) c

# all by amount ascending, later page
SELECT t.id, t.version, t."name", t."amount_b" FROM {deal} t INDEXED BY "deal_amount_d" WHERE t.deleted_at IS NULL AND (t."amount_b", t.id) > ($1, $2) ORDER BY t."amount_b", t.id LIMIT $3
SELECT t.id, t.version, t."name", t."amount_b" FROM {deal} t INDEXED BY "deal_amount_d" WHERE t.deleted_at IS NULL AND t."amount_b" IS NULL ORDER BY t."amount_b", t.id LIMIT $1
SELECT count(*) FROM (SELECT 1 FROM {deal} t WHERE t.deleted_at IS NULL LIMIT $1) c

# all by name, later page
SELECT t.id, t.version, t."name", t."name_k" FROM {deal} t INDEXED BY "deal_name" WHERE t.deleted_at IS NULL AND t."name_k" = $1 AND t.id < $2 ORDER BY t."name_k", t.id DESC LIMIT $3
SELECT t.id, t.version, t."name", t."name_k" FROM {deal} t INDEXED BY "deal_name" WHERE t.deleted_at IS NULL AND t."name_k" > $1 ORDER BY t."name_k", t.id DESC LIMIT $2
SELECT t.id, t.version, t."name", t."name_k" FROM {deal} t INDEXED BY "deal_name" WHERE t.deleted_at IS NULL AND t."name_k" IS NULL ORDER BY t."name_k", t.id DESC LIMIT $1
SELECT count(*) FROM (SELECT 1 FROM {deal} t WHERE t.deleted_at IS NULL LIMIT $1) c

# all by amount, behind the empty ones
SELECT t.id, t.version, t."name", t."amount_b" FROM {deal} t INDEXED BY "deal_amount_d" WHERE t.deleted_at IS NULL AND t."amount_b" IS NULL AND t.id < $1 ORDER BY t."amount_b" DESC, t.id DESC LIMIT $2
SELECT count(*) FROM (SELECT 1 FROM {deal} t WHERE t.deleted_at IS NULL LIMIT $1) c

# two keys, later page
SELECT t.id, t.version, t."name", t."close_date", t."amount_b" FROM {deal} t WHERE t.deleted_at IS NULL AND t."close_date" = $1 AND t."amount_b" = $2 AND t.id > $3 ORDER BY t."close_date", t."amount_b" DESC, t.id LIMIT $4
SELECT t.id, t.version, t."name", t."close_date", t."amount_b" FROM {deal} t WHERE t.deleted_at IS NULL AND t."close_date" = $1 AND t."amount_b" < $2 ORDER BY t."close_date", t."amount_b" DESC, t.id LIMIT $3
SELECT t.id, t.version, t."name", t."close_date", t."amount_b" FROM {deal} t WHERE t.deleted_at IS NULL AND t."close_date" = $1 AND t."amount_b" IS NULL ORDER BY t."close_date", t."amount_b" DESC, t.id LIMIT $2
SELECT t.id, t.version, t."name", t."close_date", t."amount_b" FROM {deal} t WHERE t.deleted_at IS NULL AND t."close_date" > $1 ORDER BY t."close_date", t."amount_b" DESC, t.id LIMIT $2
SELECT t.id, t.version, t."name", t."close_date", t."amount_b" FROM {deal} t WHERE t.deleted_at IS NULL AND t."close_date" IS NULL ORDER BY t."close_date", t."amount_b" DESC, t.id LIMIT $1
SELECT count(*) FROM (SELECT 1 FROM {deal} t WHERE t.deleted_at IS NULL LIMIT $1) c

# many owners, stage by amount
SELECT t.id, t.version, t."name", t."amount_b" FROM {deal} t INDEXED BY "deal_stage_amount_d" WHERE t.deleted_at IS NULL AND t.owner_id IN ($1, $2, $3) AND t."stage_id" = $4 AND t."amount_b" IS NOT NULL ORDER BY t."amount_b" DESC, t.id DESC LIMIT $5
SELECT t.id, t.version, t."name", t."amount_b" FROM {deal} t INDEXED BY "deal_stage_amount_d" WHERE t.deleted_at IS NULL AND t.owner_id IN ($1, $2, $3) AND t."stage_id" = $4 AND t."amount_b" IS NULL ORDER BY t."amount_b" DESC, t.id DESC LIMIT $5
SELECT count(*) FROM (SELECT 1 FROM {deal} t INDEXED BY "deal_o_stage_amount_d" WHERE t.deleted_at IS NULL AND t.owner_id IN ($1, $2, $3) AND t."stage_id" = $4 LIMIT $5) c

# few of many owners, stage by amount
SELECT t.id, t.version, t."name", t."amount_b" FROM {deal} t INDEXED BY "deal_o_stage_amount_d" WHERE t.deleted_at IS NULL AND t.owner_id IN ($1, $2, $3) AND t."stage_id" = $4 AND t."amount_b" IS NOT NULL ORDER BY t."amount_b" DESC, t.id DESC LIMIT $5
SELECT t.id, t.version, t."name", t."amount_b" FROM {deal} t INDEXED BY "deal_o_stage_amount_d" WHERE t.deleted_at IS NULL AND t.owner_id IN ($1, $2, $3) AND t."stage_id" = $4 AND t."amount_b" IS NULL ORDER BY t."amount_b" DESC, t.id DESC LIMIT $5
SELECT count(*) FROM (SELECT 1 FROM {deal} t INDEXED BY "deal_o_stage_amount_d" WHERE t.deleted_at IS NULL AND t.owner_id IN ($1, $2, $3) AND t."stage_id" = $4 LIMIT $5) c

# one owner, stage by amount
SELECT t.id, t.version, t."name", t."amount_b" FROM {deal} t INDEXED BY "deal_o_stage_amount_d" WHERE t.deleted_at IS NULL AND +t.owner_id IN ($1, $2, $3) AND t."stage_id" = $4 AND t."owner_id" = $5 AND t."amount_b" IS NOT NULL ORDER BY t."amount_b" DESC, t.id DESC LIMIT $6
SELECT t.id, t.version, t."name", t."amount_b" FROM {deal} t INDEXED BY "deal_o_stage_amount_d" WHERE t.deleted_at IS NULL AND +t.owner_id IN ($1, $2, $3) AND t."stage_id" = $4 AND t."owner_id" = $5 AND t."amount_b" IS NULL ORDER BY t."amount_b" DESC, t.id DESC LIMIT $6
SELECT count(*) FROM (SELECT 1 FROM {deal} t INDEXED BY "deal_o_stage_amount_d" WHERE t.deleted_at IS NULL AND +t.owner_id IN ($1, $2, $3) AND t."stage_id" = $4 AND t."owner_id" = $5 LIMIT $6) c

# scope and shares
SELECT t.id, t.version, t."name", p.k0 FROM (SELECT u.id, u.k0 FROM (SELECT x1.id, x1.k0 FROM (SELECT t.id AS id, t."amount_b" AS k0 FROM {deal} t INDEXED BY "deal_amount_d" WHERE t.deleted_at IS NULL AND t.owner_id IN ($1, $2, $3) AND t."amount_b" IS NOT NULL ORDER BY t."amount_b" DESC, t.id DESC LIMIT $4) x1 UNION ALL SELECT x3.id, x3.k0 FROM (SELECT t.id AS id, t."amount_b" AS k0 FROM {deal} t WHERE t.deleted_at IS NULL AND t.id IN (SELECT x2.record FROM {extra_access} x2 WHERE x2.member = $5 AND x2.object = $6 AND x2.level >= $7 AND (x2.until IS NULL OR x2.until > $8)) AND (t.owner_id IN ($9, $10, $11)) IS NOT TRUE AND t."amount_b" IS NOT NULL ORDER BY t."amount_b" DESC, t.id DESC LIMIT $12) x3) u ORDER BY u.k0 DESC, u.id DESC LIMIT $13) p JOIN {deal} t ON t.id = p.id ORDER BY p.k0 DESC, p.id DESC
SELECT t.id, t.version, t."name", p.k0 FROM (SELECT u.id, u.k0 FROM (SELECT x1.id, x1.k0 FROM (SELECT t.id AS id, t."amount_b" AS k0 FROM {deal} t INDEXED BY "deal_amount_d" WHERE t.deleted_at IS NULL AND t.owner_id IN ($1, $2, $3) AND t."amount_b" IS NULL ORDER BY t."amount_b" DESC, t.id DESC LIMIT $4) x1 UNION ALL SELECT x3.id, x3.k0 FROM (SELECT t.id AS id, t."amount_b" AS k0 FROM {deal} t WHERE t.deleted_at IS NULL AND t.id IN (SELECT x2.record FROM {extra_access} x2 WHERE x2.member = $5 AND x2.object = $6 AND x2.level >= $7 AND (x2.until IS NULL OR x2.until > $8)) AND (t.owner_id IN ($9, $10, $11)) IS NOT TRUE AND t."amount_b" IS NULL ORDER BY t."amount_b" DESC, t.id DESC LIMIT $12) x3) u ORDER BY u.k0 DESC, u.id DESC LIMIT $13) p JOIN {deal} t ON t.id = p.id ORDER BY p.k0 DESC, p.id DESC
SELECT count(*) FROM (SELECT 1 FROM (SELECT 1 FROM {deal} t INDEXED BY "deal_owner" WHERE t.deleted_at IS NULL AND t.owner_id IN ($1, $2, $3) LIMIT $4) x2 UNION ALL SELECT 1 FROM (SELECT 1 FROM {deal} t WHERE t.deleted_at IS NULL AND t.id IN (SELECT x1.record FROM {extra_access} x1 WHERE x1.member = $5 AND x1.object = $6 AND x1.level >= $7 AND (x1.until IS NULL OR x1.until > $8)) AND (t.owner_id IN ($9, $10, $11)) IS NOT TRUE LIMIT $12) x3 LIMIT $13) c

# another index may know better
SELECT t.id, t.version, t."name", t."amount_b" FROM {deal} t WHERE t.deleted_at IS NULL AND t.owner_id IN ($1, $2, $3) AND t."account_id" = $4 AND t."amount_b" IS NOT NULL ORDER BY t."amount_b" DESC, t.id DESC LIMIT $5
SELECT t.id, t.version, t."name", t."amount_b" FROM {deal} t WHERE t.deleted_at IS NULL AND t.owner_id IN ($1, $2, $3) AND t."account_id" = $4 AND t."amount_b" IS NULL ORDER BY t."amount_b" DESC, t.id DESC LIMIT $5
SELECT count(*) FROM (SELECT 1 FROM {deal} t WHERE t.deleted_at IS NULL AND t.owner_id IN ($1, $2, $3) AND t."account_id" = $4 LIMIT $5) c

# over a link
SELECT t.id, t.version, t."name", ja."name", p.k0 FROM (SELECT u.id, u.k0 FROM (SELECT t.id AS id, (SELECT x1."name_k" FROM {account} x1 WHERE x1.id = t."account_id" AND x1.deleted_at IS NULL AND x1.owner_id IN ($1, $2, $3)) AS k0 FROM {deal} t WHERE t.deleted_at IS NULL AND t.owner_id IN ($4, $5, $6)) u ORDER BY u.k0 NULLS LAST, u.id LIMIT $7) p JOIN {deal} t ON t.id = p.id LEFT JOIN {account} ja ON ja.id = t."account_id" AND ja.deleted_at IS NULL AND ja.owner_id IN ($8, $9, $10) ORDER BY p.k0 NULLS LAST, p.id
SELECT count(*) FROM (SELECT 1 FROM {deal} t WHERE t.deleted_at IS NULL AND t.owner_id IN ($1, $2, $3) LIMIT $4) c

# trash
SELECT t.id, t.version, t."name", t."deleted_at" FROM {deal} t WHERE t.deleted_at IS NOT NULL AND t.owner_id IN ($1, $2, $3) AND t.owner_id = $4 ORDER BY t."deleted_at" DESC, t.id DESC LIMIT $5
SELECT count(*) FROM (SELECT 1 FROM {deal} t WHERE t.deleted_at IS NOT NULL AND t.owner_id IN ($1, $2, $3) AND t.owner_id = $4 LIMIT $5) c

