# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Sourced by setup and test: what both need. Expects `set -euo pipefail`.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build="$root/build"

packages=(
  cmake ninja-build ccache g++ git
  clang-22 clang-tidy-22 llvm-22-dev
  libclang-22-dev libclang-cpp22-dev libclang-rt-22-dev
  libcli11-dev libgtest-dev libgmock-dev catch2 libbenchmark-dev
  libprotozero-dev
  libzstd-dev zlib1g-dev
)
# The report's page is made and tested with these.
page_packages=(chromium)

say() { printf '\n== %s\n' "$*"; }

installed() {
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "'$*' needs root; install sudo or run this script as root" >&2
    exit 1
  fi
}

# Installs the Debian packages that are not there yet.
install_packages() {
  local missing=() package
  for package in "${packages[@]}" "${page_packages[@]}"; do
    installed "$package" || missing+=("$package")
  done
  # Node may come from elsewhere than Debian.
  command -v node >/dev/null || missing+=(nodejs)
  command -v npm >/dev/null || missing+=(npm)
  [ ${#missing[@]} = 0 ] && return
  if ! command -v apt-get >/dev/null; then
    echo "this is no Debian system; install what these packages hold and" \
      "run the script again: ${missing[*]}" >&2
    exit 1
  fi
  say "Installing ${missing[*]}"
  as_root apt-get update
  if ! apt-cache show clang-22 >/dev/null 2>&1; then
    echo "no package source of this machine has clang-22; add one that has" \
      "LLVM 22 for your release and run the script again" >&2
    exit 1
  fi
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends "${missing[@]}"
}

# Builds everything, tests too, in build/.
build_all() {
  say "Building in ${build#"$PWD"/}"
  local launcher=()
  command -v ccache >/dev/null &&
    launcher=(-DCMAKE_C_COMPILER_LAUNCHER=ccache
      -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  cmake -S "$root" --preset release "${launcher[@]}"
  cmake --build "$build"
}
