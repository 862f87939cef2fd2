//! The language of a text by its name, in the words that highlighters use.

/// `text` where there is nothing to highlight.
pub fn of(name: &str) -> &'static str {
    match name {
        "MLmodel" | "MLproject" => return "yaml",
        "Dockerfile" => return "dockerfile",
        "Makefile" => return "makefile",
        _ => {}
    }
    match extension(name).as_str() {
        "py" | "pyi" => "python",
        "yaml" | "yml" => "yaml",
        "json" | "jsonl" | "ndjson" | "geojson" | "ipynb" | "webmanifest" => "json",
        "toml" => "toml",
        "ini" | "cfg" | "conf" | "properties" => "ini",
        "xml" | "svg" | "pmml" => "xml",
        "html" | "htm" => "html",
        "css" => "css",
        "js" | "mjs" | "cjs" | "jsx" => "javascript",
        "ts" | "tsx" => "typescript",
        "sh" | "bash" | "zsh" => "bash",
        "ps1" => "powershell",
        "sql" => "sql",
        "md" | "markdown" => "markdown",
        "r" => "r",
        "jl" => "julia",
        "java" => "java",
        "scala" => "scala",
        "rs" => "rust",
        "go" => "go",
        "c" | "h" => "c",
        "cc" | "cpp" | "cxx" | "hpp" | "cu" => "cpp",
        "diff" | "patch" => "diff",
        "tex" => "latex",
        _ => "text",
    }
}

/// What follows the last dot, in lower case.
pub fn extension(name: &str) -> String {
    name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default()
}
