# The few commands people type. `make` alone lists them.

.PHONY: help run test check fuzz bench

help: ## List these commands
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 14

run: ## Build the hub and start it on ./data
	cargo run --release --locked --package limpide -- serve

test: ## Install what tests need, then run everything: lints, Rust tests on both databases, real clients
	scripts/setup-tests
	scripts/test

check: ## The quick checks: formatting, lints, Rust tests on SQLite and disk
	./check

fuzz: ## Fuzz each parser of outside bytes for a minute
	scripts/fuzz

bench: ## Measure limpide beside its peers, with an optimised build
	scripts/setup-tests
	scripts/setup-bench
	cargo build --release --locked --package limpide
	cargo build --release --locked --package limpide-safety --example scan
	LIMPIDE_BENCH_PROGRAM=$${CARGO_TARGET_DIR:-target}/release/limpide \
		$${LIMPIDE_CACHE:-$$HOME/.cache/limpide}/python/bin/python benches/run.py
	$${LIMPIDE_CACHE:-$$HOME/.cache/limpide}/python/bin/python benches/safety.py
