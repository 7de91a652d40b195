#!/usr/bin/env bash
# Smoke-tests a container image: on a read-only root file system it starts its embedded database, answers /ping, runs
# unprivileged, refuses an unsigned webhook, turns ready and healthy, stops cleanly within its grace period, and starts
# again over the same data. Needs docker, curl and openssl; asks GitHub for nothing.
#
# Usage: bash .github/smoke-test.sh IMAGE
set -euo pipefail

image=$1
container="rollcall-smoke-$$"
env_file=$(mktemp)

cleanup() {
  docker rm --force --volumes "$container" > /dev/null 2>&1 || true
  rm -f "$env_file"
}
trap cleanup EXIT

fail() {
  echo "FAILED: $1" >&2
  docker logs "$container" >&2 || true
  exit 1
}

# The key is made here and belongs to no app: no request to GitHub can succeed, and none is needed.
{
  echo "APP_ID=1"
  echo "PRIVATE_KEY=$(openssl genrsa 2048 2> /dev/null | base64 | tr -d '\n')"
  echo "WEBHOOK_SECRET=$(openssl rand -hex 16)"
} > "$env_file"

wait_for_ping() {
  address="http://$(docker port "$container" 3000/tcp | head -n 1)"
  echo "waiting for $address/ping"
  for attempt in $(seq 60); do
    if curl --silent --fail --max-time 5 "$address/ping" > /dev/null; then break; fi
    if [ "$attempt" -eq 60 ]; then fail "/ping did not answer"; fi
    sleep 1
  done
}

docker run --detach --name "$container" --env-file "$env_file" --publish 127.0.0.1::3000 \
  --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges "$image" > /dev/null
wait_for_ping

echo "checking the embedded database"
docker exec "$container" test -f /data/postgresql/data/PG_VERSION || fail "there is no database in /data"
docker exec "$container" node -e '
  fetch(`http://127.0.0.1:${process.env.MONITOR_PORT}/readyz`).then(async (answer) => {
    console.log(answer.status, (await answer.text()).trim());
    process.exit(answer.ok ? 0 : 1);
  });
' || fail "/readyz says that no delivery can be stored"

echo "checking the user"
user=$(docker exec "$container" id -u)
if [ "$user" = 0 ]; then fail "the process runs as root"; fi

echo "checking git"
docker exec "$container" git --version || fail "git is missing"

echo "sending an unsigned webhook"
status=$(curl --silent --output /dev/null --write-out '%{http_code}' --max-time 10 --request POST \
  --header 'content-type: application/json' --header 'x-github-event: push' --header 'x-github-delivery: 1' \
  --data '{}' "$address/api/github/webhooks")
if [ "$status" != 400 ]; then fail "an unsigned webhook was answered $status, not 400"; fi

echo "waiting for the health check"
for attempt in $(seq 90); do
  health=$(docker inspect --format '{{.State.Health.Status}}' "$container")
  if [ "$health" = healthy ]; then break; fi
  if [ "$attempt" -eq 90 ]; then fail "the health check says $health"; fi
  sleep 1
done

echo "stopping"
docker stop --time 30 "$container" > /dev/null
code=$(docker inspect --format '{{.State.ExitCode}}' "$container")
if [ "$code" != 0 ]; then fail "it stopped with exit code $code"; fi

echo "starting again over the same data"
docker start "$container" > /dev/null
wait_for_ping
docker stop --time 30 "$container" > /dev/null
echo "passed"
