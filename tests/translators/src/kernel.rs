//! The kernel under test: built for wasm32 by cargo, once for a run, and compiled.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use wasmi::{Config, Engine, Module};

const TARGET: &str = "wasm32-unknown-unknown";

/// The folder in which this test was built, beside which the kernel is built.
fn target_folder() -> PathBuf {
    let executable = std::env::current_exe().expect("a test is a file");
    let profile = executable
        .ancestors()
        .find(|folder| folder.ends_with("deps"))
        .and_then(|deps| deps.parent());
    profile
        .expect("cargo puts tests into `deps`")
        .join("kernel-under-test")
}

fn has_target() -> bool {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let asked = Command::new(rustc)
        .args(["--print", "target-libdir", "--target", TARGET])
        .output();
    asked.is_ok_and(|output| {
        let folder = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
        output.status.success() && folder.is_dir()
    })
}

/// The module's bytes, or why there are none. One that was built already can be named by the environment.
fn build() -> Result<Vec<u8>, String> {
    if let Some(built) = std::env::var_os("PORTCULLIS_KERNEL_UNDER_TEST").map(PathBuf::from) {
        return std::fs::read(&built).map_err(|error| format!("{}: {error}", built.display()));
    }
    if !has_target() {
        return Err(format!(
            "the tests of the translators need Rust's library for {TARGET}: run `npm run setup`, or `rustup target add {TARGET}`"
        ));
    }
    let folder = target_folder();
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args([
            "build",
            "--package",
            "kernel-under-test",
            "--target",
            TARGET,
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        // Quick, but with the checks for overflow and the assertions of a build for development.
        .env("CARGO_PROFILE_DEV_OPT_LEVEL", "2")
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_TARGET_DIR", &folder)
        .output()
        .expect("cargo runs");
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("the kernel under test was not built:\n{said}"));
    }
    let module = folder.join(TARGET).join("debug/kernel_under_test.wasm");
    std::fs::read(&module).map_err(|error| format!("{}: {error}", module.display()))
}

/// For mutation testing many changes are compiled into one kernel: the number of the one that it is to make, 0 for none.
pub fn chosen_change() -> i32 {
    let chosen = std::env::var("PORTCULLIS_MUTANT").unwrap_or_default();
    chosen.parse().unwrap_or(0)
}

/// The engine, and the kernel compiled for it.
///
/// # Panics
/// If the kernel cannot be built.
pub fn compiled() -> (&'static Engine, &'static Module) {
    static COMPILED: OnceLock<Result<(Engine, Module), String>> = OnceLock::new();
    let compiled = COMPILED.get_or_init(|| {
        let mut config = Config::default();
        config.wasm_multi_memory(true);
        let engine = Engine::new(&config);
        let module = Module::new(&engine, build()?).map_err(|error| error.to_string())?;
        Ok((engine, module))
    });
    match compiled {
        Ok((engine, module)) => (engine, module),
        Err(reason) => panic!("{reason}"),
    }
}
