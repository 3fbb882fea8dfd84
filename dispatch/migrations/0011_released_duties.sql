-- The duties that an absence freed, as they stood: a repair starts from them.
alter table absence add column released jsonb not null default '[]';
