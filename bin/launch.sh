# Sourced by ./dunlin and by the launcher of the packages: which jars and flags a command needs, and the caches that make the JVM start
# fast. Needs JAVA_HOME, dunlin_lib (folder of the jars), dunlin_aot (folder of the caches) and say().
# shellcheck shell=bash disable=SC2154 # those are set by whoever sources this
main=io.dunlin.cli.Main

# class_path NAME...: the jars of lib/ that begin with these names, in this order (the caches depend on the order).
class_path() {
  local name jar path=
  for name in "$@"; do
    for jar in "$dunlin_lib/$name"-[0-9]*.jar; do path=$path:$jar; done
  done
  echo "${path#:}"
}

# The tools need four jars and few optimisations; the broker needs all jars.
tools_path() { class_path cli client protocol picocli; }
fleet_path() { class_path cli client protocol picocli fleet config; }
whole_path() {
  local jar path seldom=
  path=$(tools_path)
  for jar in "$dunlin_lib"/*.jar; do
    case $jar in */opentelemetry-* | */telemetry-*) seldom=$seldom:$jar && continue ;; esac # nobody looks into them in vain
    case :$path: in *":$jar:"*) ;; *) path=$path:$jar ;; esac
  done
  echo "$path$seldom"
}

TOOLS_FLAGS=(-XX:+UseSerialGC -XX:TieredStopAtLevel=1)
# Least CPU per message and least memory of the collectors; a young generation that starts small, since messages die young, and
# memory that the compiler needed given back (docs/decisions/0007-the-serial-collector.md). DUNLIN_JAVA_OPTS overrides.
BROKER_FLAGS=(-XX:+UseSerialGC -XX:NewSize=16m -XX:TrimNativeHeapInterval=2000)

# The JVM's own remarks go to standard error, and none are made about a cache that does not fit: it then starts without.
QUIET_FLAGS=(-Xlog:disable -Xlog:all=warning:stderr '-Xlog:aot*=off:stderr' '-Xlog:cds*=off:stderr')

# exercise PORT: gives a broker a few seconds of everything that brokers do all day, so that the JVM knows before the first
# message of the real one which methods are hot and how they branch.
exercise() {
  local bench=("$JAVA_HOME/bin/java" "${DUNLIN_JVM_FLAGS[@]}" -XX:+UseSerialGC -XX:TieredStopAtLevel=1
    -cp "$(tools_path):$(class_path HdrHistogram)" "$main" bench)
  local loads away=(sub -p "$1" -t 'warm/away/%i' -q 1 -c 100 -i 1 -I 'away-%i' --disable-clean-session)
  "${bench[@]}" "${away[@]}" --duration 1 || true
  "${bench[@]}" pub -p "$1" -t 'warm/away/%i' -q 1 -c 100 -i 1 --duration 4 & loads=($!)
  "${bench[@]}" pub -p "$1" -t 'warm/kept/%i' -q 1 -c 100 -i 1 -r --duration 4 & loads+=($!)
  wait "${loads[@]}" || true
  "${bench[@]}" "${away[@]}" --duration 2 & loads=($!)
  "${bench[@]}" p2p -p "$1" -t warm/fan -q 0 -c 1 --subscribers 50 -i 1 --duration 3 & loads+=($!)
  wait "${loads[@]}" || true
  local qos
  for _ in 1 2; do
    "${bench[@]}" sub -p "$1" -t 'warm/come/%i' -q 1 -c 400 --ramp 1 --duration 1 & loads=($!)
    "${bench[@]}" conn -p "$1" -c 400 --ramp 1 --duration 1 & loads+=($!)
    wait "${loads[@]}" || true
  done
  loads=()
  for qos in 0 1 2; do
    "${bench[@]}" p2p -p "$1" -q $qos -c 20 -i 1 --duration 3 & loads+=($!)
  done
  wait "${loads[@]}" || true
}

# read_page PORT PATH: what a web server on this machine answers.
read_page() {
  local answer
  exec {answer}<>"/dev/tcp/127.0.0.1/$1" || return 1
  printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\n\r\n' "$2" "$1" >&"$answer"
  timeout 5 cat <&"$answer"
  exec {answer}>&-
}

# Runs a broker and a tool once and keeps what the JVM learnt about them. Whatever goes wrong, there is no cache then.
train() {
  local aot=$dunlin_aot log=$dunlin_aot/train.log java=$JAVA_HOME/bin/java broker port turns=0
  mkdir -p "$aot"
  port=$((20000 + RANDOM % 10000))
  say "preparing the start-up cache, a quarter of a minute ..."
  "$java" "${DUNLIN_JVM_FLAGS[@]}" "${BROKER_FLAGS[@]}" -XX:AOTCacheOutput="$aot/broker.new" \
    -cp "$(whole_path)" "$main" broker -p "$port" --data "$aot/data" \
    --set console.bind="127.0.0.1:$((port + 1))" >>"$log" 2>&1 </dev/null &
  broker=$!
  until (: >"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
    if [ $((turns += 1)) -gt 100 ] || ! kill -0 $broker 2>/dev/null; then break; fi
    sleep 0.1
  done
  # A request that is its own answer: one run that connects, subscribes, publishes and receives.
  "$java" "${DUNLIN_JVM_FLAGS[@]}" "${TOOLS_FLAGS[@]}" -XX:AOTCacheOutput="$aot/tools.new" \
    -cp "$(tools_path)" "$main" rr -p "$port" -t warm/up -e warm/up -m hello -W 5 >>"$log" 2>&1 </dev/null || true
  exercise "$port" >>"$log" 2>&1 </dev/null
  read_page $((port + 1)) / >>"$log" 2>&1 || true
  read_page $((port + 1)) /metrics >>"$log" 2>&1 || true
  kill -TERM $broker 2>/dev/null || true
  wait $broker 2>/dev/null || true
  rm -rf "$aot/data"
  local name
  for name in broker tools; do
    if [ -s "$aot/$name.new" ]; then mv "$aot/$name.new" "$aot/$name.aot"; fi
  done
}

# launch COMMAND [ARGUMENT]...: becomes the JVM that runs it.
launch() {
  local cache class_path flags flag chosen
  case ${1:-} in
    broker | config | console | import | store | backup | restore | acl | passwd | certs | audit | ban | clients | sessions | retained | top | topics | listeners | reload | security | status | stats | history | alarms | log | why | trace | users | groups | roles | demo | completion | help)
      # The last two look at every command, so they need what any of them needs.
      cache=broker class_path=$(whole_path) flags=("${BROKER_FLAGS[@]}")
      ;;
    bench)
      # Measures: with all optimisations, and with more jars behind those of the cache.
      cache=tools class_path=$(tools_path):$(class_path HdrHistogram) flags=(-XX:+UseSerialGC)
      ;;
    shell)
      cache=tools class_path=$(tools_path):$(class_path jline) flags=("${TOOLS_FLAGS[@]}")
      ;;
    simulate)
      cache=tools class_path=$(fleet_path) flags=(-XX:+UseSerialGC)
      ;;
    *)
      cache=tools class_path=$(tools_path) flags=("${TOOLS_FLAGS[@]}")
      ;;
  esac
  # A collector of the user's choice replaces ours.
  case " ${DUNLIN_JAVA_OPTS:-}" in
    *" -XX:+Use"*GC*)
      chosen=()
      for flag in "${flags[@]}"; do
        case $flag in -XX:+UseSerialGC | -XX:NewSize=*) ;; *) chosen+=("$flag") ;; esac
      done
      flags=(${chosen[@]+"${chosen[@]}"})
      ;;
  esac
  if [ "${DUNLIN_AOT:-on}" != off ]; then flags+=(-XX:AOTCache="$dunlin_aot/$cache.aot"); fi
  # shellcheck disable=SC2086 # options are words
  exec "$JAVA_HOME/bin/java" "${DUNLIN_JVM_FLAGS[@]}" "${QUIET_FLAGS[@]}" ${flags[@]+"${flags[@]}"} ${DUNLIN_JAVA_OPTS:-} \
    -cp "$class_path" "$main" "$@"
}
