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

# bring_back FILE DATABASE: into a new database, which has its name when it is whole.
bring_back() {
  exists=$(echo "SELECT 1 FROM pg_database WHERE datname = :'new'" | ask --tuples-only --set=new="$2")
  [ -z "$exists" ] || fail "There is a database $2 already."
  partial=partial_$2
  dropdb --if-exists --force --maintenance-db=postgres "$partial"
  createdb --maintenance-db=postgres --template=template0 --owner="$OWNER" "$partial"
  trap 'dropdb --force --maintenance-db=postgres "$partial"' EXIT
  pg_restore --exit-on-error --dbname="$partial" "$1"
  psql --quiet --no-psqlrc --dbname="$partial" --command=ANALYZE
  echo 'ALTER DATABASE :"partial" RENAME TO :"new"' | ask --set=partial="$partial" --set=new="$2"
  trap - EXIT
}

# swap NEW OLD: puts database NEW in the place of the one in use, which is kept as OLD. Whoever is connected is
# disconnected, and finds the new one when it comes back: no request sees a part of each.
swap() {
  names="--set=current=$PGDATABASE --set=new=$1 --set=old=$2"
  trap 'echo "ALTER DATABASE :\"current\" ALLOW_CONNECTIONS true" | ask $names' EXIT
  ask $names <<'SQL'
ALTER DATABASE :"current" ALLOW_CONNECTIONS false;
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN (:'current', :'new') \g /dev/null
BEGIN;
ALTER DATABASE :"current" RENAME TO :"old";
ALTER DATABASE :"new" RENAME TO :"current";
COMMIT;
ALTER DATABASE :"old" ALLOW_CONNECTIONS true;
SQL
  echo "swapped $1 $2"
}

# set_aside DIRECTORY KEPT: of the volume of a server that does not run, so that the next one starts empty.
set_aside() {
  mv "$1/pgdata" "$1/$2"
}
`.trimStart();
