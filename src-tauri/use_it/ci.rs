//! A workflow that asks the gates of a version and then moves the alias, by Podium's commands.

use super::slug::slug;
use super::{UsedVersion, quote};

/// Whom a version without an alias may become.
const ALIAS: &str = "champion";

pub fn text(used: &UsedVersion) -> String {
    let alias = used.alias.as_deref().unwrap_or(ALIAS);
    let set = |(name, value): (&str, &str)| format!("      {name}: {}\n", quote::workflow(value));
    let mut environment: String = used.server.variables().into_iter().map(set).collect();
    for name in used.server.secrets() {
        environment += &format!("      {name}: ${{{{ secrets.{name} }}}}\n");
    }
    format!(
        "# For GitHub Actions. The runner has to have Podium; other systems call the same two commands.
name: {title}
on:
  workflow_dispatch:
    inputs:
      version:
        description: A version, or @ and an alias, such as @challenger
        required: true
        type: string
      reason:
        description: Why; it stays on the version, for the whole team
        required: true
        type: string
permissions: {{}}
concurrency:
  group: promote-{slug}
  cancel-in-progress: false
jobs:
  promote:
    runs-on: self-hosted
    env:
{environment}      MODEL: {model}
      ALIAS: {alias}
      VERSION: ${{{{ inputs.version }}}}
      REASON: ${{{{ inputs.reason }}}}
    steps:
      - name: Ask the gates
        run: podium check --alias \"$ALIAS\" -- \"$MODEL\" \"$VERSION\"
      - name: Move the alias
        run: podium promote --alias \"$ALIAS\" --reason \"$REASON\" --yes -- \"$MODEL\" \"$VERSION\"
",
        title = quote::workflow(&format!("Promote {} to {alias}", used.model)),
        slug = slug(&used.model),
        model = quote::workflow(&used.model),
        alias = quote::workflow(alias),
    )
}
