-- The tables of the baselines: what a monolith on PostgreSQL keeps for the four routes that are compared, in the fields
-- that SprintSync answers. A change of a task and the event that tells of it are one transaction, as in SprintSync.
--
-- Ids are UUIDv7, made by the service, so that a list by id is one by creation. Times are rounded to the milliseconds
-- that are answered.

CREATE TABLE people (
    id uuid PRIMARY KEY,
    username text NOT NULL CHECK (char_length(username) BETWEEN 3 AND 32),
    password_hash text NOT NULL,
    is_admin boolean NOT NULL DEFAULT false,
    disabled boolean NOT NULL DEFAULT false,
    time_zone text NOT NULL DEFAULT 'UTC',
    workday_minutes integer NOT NULL DEFAULT 480,
    created_at timestamptz(3) NOT NULL DEFAULT now()
);

-- Names are unique without regard to case.
CREATE UNIQUE INDEX people_username ON people (lower(username));

CREATE TABLE tasks (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES people (id),
    title text NOT NULL CHECK (char_length(title) BETWEEN 1 AND 200),
    description text NOT NULL DEFAULT '' CHECK (char_length(description) <= 10000),
    status text NOT NULL DEFAULT 'todo' CHECK (status IN ('todo', 'in_progress', 'done')),
    estimate_minutes bigint CHECK (estimate_minutes BETWEEN 1 AND 100000),
    due_on date,
    total_minutes bigint NOT NULL DEFAULT 0,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    completed_at timestamptz(3),
    deleted_at timestamptz(3)
);

-- A person's tasks, newest first, without those in the trash. Nothing that a change of status touches is indexed, so
-- such a change writes no index (heap-only tuples), where the page has room for them.
CREATE INDEX tasks_of_person ON tasks (user_id, id DESC) WHERE deleted_at IS NULL;
ALTER TABLE tasks SET (fillfactor = 90);

CREATE TABLE task_events (
    task_id uuid NOT NULL REFERENCES tasks (id),
    version bigint NOT NULL,
    at timestamptz(3) NOT NULL,
    by_id uuid NOT NULL REFERENCES people (id),
    what text NOT NULL,
    was jsonb NOT NULL,
    became jsonb NOT NULL,
    PRIMARY KEY (task_id, version)
);
