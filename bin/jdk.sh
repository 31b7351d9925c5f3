# shellcheck shell=bash disable=SC2034 # those who source this use the variables
# Sourced by ./build and ./dunlin: which JDK, and the flags of every JVM that may run the broker.

DUNLIN_JDK=25

# What Netty needs on this JDK without warnings, and 8-byte object headers. The same stand in pom.xml for the tests.
DUNLIN_JVM_FLAGS=(--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -XX:+UseCompactObjectHeaders)

# The flags of the JVM that Maven runs in: they silence the warnings of Maven's own libraries.
DUNLIN_MAVEN_FLAGS="--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"

# is_version DIR VERSION: DIR has a Java of that version. Reads the `release` file, starts nothing.
is_version() {
  [ -x "$1/bin/java" ] && [ -r "$1/release" ] && grep -Eq "^JAVA_VERSION=\"$2(\"|[.+-])" "$1/release"
}

# is_jdk DIR: DIR is a whole JDK (with javac) of the version needed.
is_jdk() {
  [ -x "$1/bin/javac" ] && is_version "$1" "$DUNLIN_JDK"
}

# jdk_of_path: the folder of the javac on PATH.
jdk_of_path() {
  local javac
  javac=$(command -v javac) || return 0
  (cd "$(dirname "$(readlink -f "$javac")")/.." && pwd)
}

# java_homes: the folders where a JDK may be, one on a line.
java_homes() {
  printf '%s\n' "${JAVA_HOME:-}" "$(jdk_of_path)" \
    /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /opt/java/* /opt/jdk* \
    "${SDKMAN_DIR:-$HOME/.sdkman}"/candidates/java/* "$HOME"/.jdks/* "$HOME"/.asdf/installs/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home
}

# find_jdk: exports JAVA_HOME as a JDK of the version needed, or says what to install and returns 1.
find_jdk() {
  local home
  while IFS= read -r home; do
    if [ -n "$home" ] && is_jdk "$home"; then
      export JAVA_HOME=$home
      return 0
    fi
  done < <(java_homes)
  echo "Dunlin needs a JDK $DUNLIN_JDK and found none: install one (for example Eclipse Temurin $DUNLIN_JDK) or set JAVA_HOME to it." >&2
  return 1
}

# find_java VERSION: prints the `java` program of that version, or nothing.
find_java() {
  local home
  while IFS= read -r home; do
    if [ -n "$home" ] && is_version "$home" "$1"; then
      printf '%s\n' "$home/bin/java"
      return 0
    fi
  done < <(java_homes)
}

# find_maven: succeeds when `mvn` is there, or says what to install and returns 1.
find_maven() {
  command -v mvn >/dev/null && return 0
  echo "Dunlin is built with Apache Maven 3.8 or later and there is no 'mvn' on the PATH: install it (for example: apt-get install maven)." >&2
  return 1
}
