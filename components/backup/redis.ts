/** What of it is particular to Redis. */
export const redisBackup = `
# What is particular to Redis. REDIS_HOST and REDIS_PORT say where it is, REDISCLI_AUTH is redis-cli's own.
suffix=rdb

dump() {
  redis-cli -h "$REDIS_HOST" -p "$REDIS_PORT" --rdb "$1"
}

verify() {
  redis-check-rdb "$1"
}

# bring_back FILE DIRECTORY KEPT: onto the volume of a Redis that does not run. It reads its append-only file alone,
# whose base is a snapshot; what was there is kept under the name KEPT.
bring_back() {
  partial=$2/appendonlydir.partial
  rm -rf "$partial"
  mkdir "$partial"
  cp "$1" "$partial/appendonly.aof.1.base.rdb"
  echo "file appendonly.aof.1.base.rdb seq 1 type b" > "$partial/appendonly.aof.manifest"
  sync
  [ ! -e "$2/appendonlydir" ] || mv "$2/appendonlydir" "$2/$3"
  mv "$partial" "$2/appendonlydir"
}
`.trimStart();
