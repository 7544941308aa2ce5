/** What of it is particular to PostgreSQL. */
export const postgresqlBackup = String.raw`
# What is particular to PostgreSQL. PGHOST, PGUSER, PGPASSWORD and PGDATABASE are libpq's own; OWNER owns the database.
suffix=dump

dump() {
  pg_dump --format=custom --file="$1"
}

# The whole file is read and unpacked: its list of contents alone may be whole in a dump that is cut off.
verify() {
  pg_restore --file=/dev/null "$1"
}

ask() {
  psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 --dbname=postgres "$@"
}

# What restores that were killed have left: one runs at a time. Of the application's own name, nothing is dropped.
drop_partial() {
  ask --tuples-only --no-align --set=current="$PGDATABASE" <<'SQL' | while read -r left; do
SELECT datname FROM pg_database
  WHERE starts_with(datname, 'partial_') AND datname <> :'current' AND NOT starts_with(datname, :'current' || '_');
SQL
    dropdb --if-exists --force --maintenance-db=postgres "$left"
    echo "removed $left, which was not whole"
  done
}

# bring_back FILE DATABASE: into a new database, which has its name when it is whole.
bring_back() {
  exists=$(echo "SELECT 1 FROM pg_database WHERE datname = :'new'" | ask --tuples-only --set=new="$2")
  [ -z "$exists" ] || fail "There is a database $2 already."
  drop_partial
  partial=partial_$2
  createdb --maintenance-db=postgres --template=template0 --owner="$OWNER" "$partial"
  trap 'dropdb --force --maintenance-db=postgres "$partial"' EXIT
  pg_restore --exit-on-error --dbname="$partial" "$1"
  psql --quiet --no-psqlrc --dbname="$partial" --command=ANALYZE
  echo 'ALTER DATABASE :"partial" RENAME TO :"new"' | ask --set=partial="$partial" --set=new="$2"
  trap - EXIT
}

# swap NEW OLD: puts database NEW in the place of the one in use, which is kept as OLD. Whoever is connected is
# disconnected, and finds the new one when it comes back: no request sees a part of each. Both change names or none.
swap() {
  names="--set=current=$PGDATABASE --set=new=$1 --set=old=$2"
  oid=$(echo "SELECT oid FROM pg_database WHERE datname = :'new'" | ask --tuples-only $names)
  [ -n "$oid" ] || fail "There is no database $1."
  oid=$(echo "SELECT oid FROM pg_database WHERE datname = :'current'" | ask --tuples-only --no-align $names)
  # Renaming lets nobody in any more, and waits some seconds for those who are in.
  while disconnect; do sleep 0.2; done &
  disconnecting=$!
  trap 'kill "$disconnecting" || true' EXIT
  ask $names <<'SQL'
BEGIN;
ALTER DATABASE :"current" RENAME TO :"old";
ALTER DATABASE :"new" RENAME TO :"current";
COMMIT;
SQL
  echo "swapped $1 $2"
}

# By its number the one in use, so that nobody is disconnected from the one that gets its name.
disconnect() {
  ask $names --set=oid="$oid" <<'SQL'
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datid = :oid OR datname = :'new' \g /dev/null
SQL
}

# set_aside DIRECTORY KEPT: of the volume of a server that does not run, so that the next one starts empty.
set_aside() {
  mv "$1/pgdata" "$1/$2"
}
`.trimStart();
