# Podium's whole toolbox. Every target installs what it lacks first; a second time that takes no time.
# On a new machine it needs Rust, Node.js 20 or newer with npm, and Python 3 for the tests' MLflow servers.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help
# The backtraces of async code hide what failed under a page of runtime.
export RUST_BACKTRACE := 0
MAKEFLAGS += --no-builtin-rules --no-print-directory --silent

# What `make run` opens: a server's address, an mlflow.db, a folder, a profile's name.
TARGET ?= sample
# How long `make test` throws hostile input at each parser.
FUZZ_SECONDS := 15

# Debian's names. The first is enough to build and open the window.
BUILD_PACKAGES  := build-essential pkg-config libwebkit2gtk-4.1-dev librsvg2-dev
SCREEN_PACKAGES := xvfb xauth dbus-x11 webkit2gtk-driver fonts-dejavu-core fonts-droid-fallback
TEST_PACKAGES   := $(BUILD_PACKAGES) $(SCREEN_PACKAGES) python3 python3-venv \
                   openssh-client openssh-server nginx postgresql tinyproxy openssl gnome-keyring libsecret-tools
UV_VERSION         := 0.13.8
CARGO_DENY_VERSION := 0.20.2
CARGO_MACHETE_VERSION := 0.9.2

UI_SOURCES := $(shell find ui -path ui/node_modules -prune -o -path ui/dist -prune -o -type f -print)
APP := target/debug/podium
TAURI := ui/node_modules/.bin/tauri
# A display of the window's own, large enough for 1440 × 900 at two device pixels each.
SCREEN := xvfb-run -a -s "-screen 0 3200x2000x24" dbus-run-session --

.PHONY: help run dev test test-ui test-rust bindings check bench fuzz dist tour packages mlflow tools clean

help: ## these lines
	sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 12

run: packages ui/dist/index.html ## build, and open the window on the sample (or TARGET=…)
	cargo build --locked --bin podium
	if [ -n "$${DISPLAY:-}$${WAYLAND_DISPLAY:-}" ]; then exec $(APP) "$(TARGET)"; fi
	.ci/packages $(SCREEN_PACKAGES)
	echo "There is no display here, so the window opens on a hidden one."
	$(SCREEN) node .ci/picture.mjs $(APP) "$(TARGET)" target/podium.png 2>target/window.log ||
	  { cat target/window.log; exit 1; }

dev: packages ui/node_modules/.package-lock.json ## the window with live reload of the UI
	$(TAURI) dev -- -- "$(TARGET)"

# Each file in `tests` but the one whose tests mostly wait: for servers to start, for time to pass.
OTHER_TESTS := $(filter-out connect,$(basename $(notdir $(wildcard tests/*.rs))))

# The window tests start their own hidden displays.
test: packages-test ui/dist/index.html ## all tests, on real MLflow servers and in the real window
	mkdir -p target
	failed=
	fail() { failed="$${failed:+$$failed and }$$1"; }
	# The servers come over the network while the compiler has both processors.
	make mlflow >target/mlflow.log 2>&1 & mlflow=$$!
	cargo test --locked --no-run || fail "the build of the tests"
	wait $$mlflow || { cat target/mlflow.log; fail "the installation of MLflow"; }
	cargo test --locked --test connect >target/connect.log 2>&1 & connect=$$!
	tests/fuzz/run $(FUZZ_SECONDS) || fail "the fuzz targets"
	npm --prefix ui test || fail "the UI's unit tests"
	cargo test --locked --no-fail-fast --lib $(addprefix --test ,$(OTHER_TESTS)) || fail "cargo test"
	cargo test --locked --doc || fail "cargo test --doc"
	wait $$connect || fail "cargo test --test connect"
	cat target/connect.log
	if [ -n "$$failed" ]; then echo "FAILED: $$failed"; exit 1; fi

check: packages ui/dist/index.html tools ## formatting, lints, types, documentation, licences, layers
	failed=
	try() { echo "── $$*"; "$$@" || failed="$$failed"$$'\n'"  $$*"; }
	try cargo fmt --check
	try cargo clippy --locked --all-targets -- -D warnings
	# It is a workspace of its own.
	try cargo check --quiet --locked --manifest-path tests/fuzz/Cargo.toml --target-dir target/fuzz
	# The documentation is for who works here, private items included, so a link to one is right.
	export RUSTDOCFLAGS='-Dwarnings -Arustdoc::private_intra_doc_links'
	try cargo doc --locked --document-private-items --no-deps --lib --workspace
	try npm --prefix ui run --silent format:check
	try npm --prefix ui run --silent lint
	try npm --prefix ui run --silent check
	checks=
	if ! .cache/tools/bin/cargo-deny --log-level error fetch db 2>/dev/null; then
	  echo "The advisory database cannot be reached: bans, licenses and sources are checked without it."
	  checks="bans licenses sources"
	fi
	try .cache/tools/bin/cargo-deny --locked check $$checks
	# Dependencies that no code uses.
	try .cache/tools/bin/cargo-machete
	try cargo test --locked --test layers
	if [ -n "$$failed" ]; then echo "FAILED:$$failed"; exit 1; fi

bench: packages-test ui/dist/index.html mlflow ## how fast, beside mlflow server on the same data
	.ci/packages autossh
	cargo bench --locked

fuzz: FUZZ_SECONDS := 600
fuzz: packages-test ui/dist/index.html mlflow ## hostile input for the parsers, ten minutes for each (or FUZZ_SECONDS=…), and searches beside the servers
	failed=
	tests/fuzz/run $(FUZZ_SECONDS) || failed=1
	# Others each time; a failure says which.
	export PODIUM_SEARCHES=$${PODIUM_SEARCHES:-5000} PODIUM_SEARCH_SEED=$${PODIUM_SEARCH_SEED:-$$(date +%s)}
	cargo test --locked --test sync -- --nocapture searches_are_answered || failed=1
	[ -z "$$failed" ]

dist: packages ui/node_modules/.package-lock.json ## a .deb to install
	CI=true $(TAURI) build --bundles deb
	ls -l target/release/bundle/deb/*.deb

tour: packages-test ui/dist/index.html mlflow ## pictures of every screen, light and dark, into tests/tour
	cargo test --locked --test tour -- --ignored --nocapture

clean: ## forget what was built, keep what was installed
	rm -rf target ui/dist

# What each of them lacks.

packages:
	command -v cargo >/dev/null || { echo "Rust is missing: https://rustup.rs"; exit 1; }
	major=$$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/')
	if [ "$${major:-0}" -lt 20 ]; then echo "Node.js 20 or newer is missing: https://nodejs.org"; exit 1; fi
	.ci/packages $(BUILD_PACKAGES)

packages-test: packages
	.ci/packages $(TEST_PACKAGES)

ui/node_modules/.package-lock.json: ui/package.json ui/package-lock.json
	npm --prefix ui ci --no-audit --no-fund
	touch $@

ui/dist/index.html: ui/node_modules/.package-lock.json $(UI_SOURCES)
	npm --prefix ui run build
	touch $@

# One Python environment for each MLflow that the tests run against, by the pins in tests/tools.
mlflow: .cache/uv/bin/uv
	for pins in tests/tools/mlflow-*.txt; do
	  env=.cache/mlflow-$$(sed -n 's/^mlflow==//p' $$pins)
	  if cmp -s $$pins $$env/pins.txt; then continue; fi
	  echo "Installing $$(basename $$env)"
	  $< venv --quiet --clear --python python3 $$env
	  $< pip install --quiet --python $$env/bin/python --requirements $$pins
	  cp $$pins $$env/pins.txt
	done

.cache/uv/bin/uv:
	python3 -m venv .cache/uv
	.cache/uv/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

tools: .cache/tools/cargo-deny-$(CARGO_DENY_VERSION) .cache/tools/cargo-machete-$(CARGO_MACHETE_VERSION)

# The version stands in the name: another one is installed over it.
.cache/tools/cargo-%:
	name=$$(basename $@)
	cargo install --quiet --locked --root .cache/tools --target-dir .cache/tools/target \
	  "$${name%-*}" --version "$${name##*-}"
	rm -rf .cache/tools/target
	touch $@
