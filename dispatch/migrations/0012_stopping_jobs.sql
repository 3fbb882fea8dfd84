-- A job that is asked to stop gives the best that it has so far.
alter table roster_job add column stopping boolean not null default false;
