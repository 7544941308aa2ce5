/** What the pods of backups run, whatever the server is. */
export const backupScript = `
# Backs up one server, and restores it. What differs between servers is in server.sh beside it.
#
#   sh backup.sh run                makes a backup, and removes the oldest
#   sh backup.sh list               the backups there are, newest first: name and bytes
#   sh backup.sh restore NAME …     brings one back; latest is the newest
#   sh backup.sh VERB …             anything else that the server can do
#
# BACKUP_DIRECTORY holds them, BACKUPS_KEPT says how many.
set -eu
. "$(dirname "$0")/server.sh"

fail() {
  echo "$*" >&2
  exit 1
}

# Newest first: names are times.
names() {
  find "$BACKUP_DIRECTORY" -maxdepth 1 -name "*.$suffix" | sed 's|.*/||' | sort -r
}

list() {
  names | while read -r name; do
    echo "$name $(wc -c < "$BACKUP_DIRECTORY/$name")"
  done
}

run() {
  mkdir -p "$BACKUP_DIRECTORY"
  exec 9> "$BACKUP_DIRECTORY/.lock"
  flock -n 9 || fail "Another backup of this server is under way."
  # What runs that were killed have left.
  rm -f "$BACKUP_DIRECTORY"/*.partial
  name=$(date -u +%Y-%m-%dT%H-%M-%SZ).$suffix
  partial=$BACKUP_DIRECTORY/$name.partial
  trap 'rm -f "$partial"' EXIT
  dump "$partial"
  verify "$partial"
  mv "$partial" "$BACKUP_DIRECTORY/$name"
  names | tail -n "+$((BACKUPS_KEPT + 1))" | while read -r old; do
    rm "$BACKUP_DIRECTORY/$old"
    echo "removed $old"
  done
  echo "made $name $(wc -c < "$BACKUP_DIRECTORY/$name")"
}

restore() {
  name=$1
  shift
  [ "$name" != latest ] || name=$(names | head -n 1)
  file=$BACKUP_DIRECTORY/$name
  [ -n "$name" ] || fail "There is no backup yet."
  [ -f "$file" ] || fail "There is no backup $name."
  exec 9> "$BACKUP_DIRECTORY/.restore.lock"
  flock -n 9 || fail "Another restore of this server is under way."
  verify "$file"
  bring_back "$file" "$@"
  echo "restored $name"
}

"$@"
`.trimStart();
