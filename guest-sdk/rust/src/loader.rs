//! Starting other plugins: the interface `portcullis/loader@1`.

/// Imports `portcullis/loader@1`, by which a plugin starts other plugins, as the trait `Process`. Written once, in the module
/// that is to have it; a plugin that does not write it imports nothing.
///
/// What is started ends with the plugin that started it, or when its last [`Own`](crate::Own) is dropped.
///
/// ```
/// portcullis_guest::import_loader!();
///
/// #[portcullis_guest::import("demo/filter@1")]
/// trait Filter {
///     fn apply(value: u32) -> u32;
/// }
///
/// /// The page grants the loader, `demo/log@1` for it to pass on, and `demo/filter@1` as `'later'`.
/// fn run(bytes: &[u8], value: u32) -> Result<u32, String> {
///     let process = Process::spawn(bytes, "filter", "demo/log@1", 16)?;
///     process.bind("demo/filter@1")?;
///     Ok(Filter::apply(value)?)
/// }
/// ```
#[macro_export]
macro_rules! import_loader {
    () => {
        /// A process that this plugin started.
        #[$crate::import("portcullis/loader@1")]
        #[allow(dead_code)]
        pub trait Process {
            /// Starts a plugin. `imports` has a line for each interface that it gets: `demo/log@1` is passed on from what the
            /// loader can grant; `demo/host@1 = self` is served by this plugin's own exports, `demo/image@1 = object` by whoever
            /// minted each object, `demo/tool@1 = later` by whom it names itself; `portcullis/loader@1` lets it start others,
            /// with `= processes 2, memory 16, depth 1` a part of what there is. `memory` is how much it may have, in pages
            /// of 64 KiB.
            ///
            /// # Errors
            /// A sentence that says why it was not started.
            fn spawn(
                bytes: &[u8],
                name: &str,
                imports: &str,
                memory: u32,
            ) -> Result<$crate::Own<Process>, String>;

            /// Has it serve this plugin's own imports of an interface, which the page granted as `'later'`.
            ///
            /// # Errors
            /// `dead`; `denied` if it was not granted so; `no-method` if it lacks a function.
            fn bind(&self, interface: &str) -> Result<(), $crate::Error>;

            /// Puts a newer build in its place, with its state if both export `portcullis/state@1`.
            ///
            /// # Errors
            /// A sentence that says why; the older build goes on.
            fn replace(&self, bytes: &[u8]) -> Result<(), String>;

            /// 1 as long as it runs, 0 afterwards.
            fn state(&self) -> u32;

            /// Ends it.
            fn kill(&self);

            /// Bytes of its memory, capabilities that it holds, objects that it made.
            fn usage(&self) -> (u64, u32, u32);
        }
    };
}
