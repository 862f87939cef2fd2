//! The rules of axe-core, held against what the window shows, in the light and in the dark.
#![allow(dead_code)] // Each test file uses its own part of this.

use std::path::Path;

use serde_json::{Value, json};

use super::webdriver::Window;

const AXE: &str = "ui/node_modules/axe-core/axe.min.js";

/// All rules for usual pages and good practice, and that a control's name has the words one sees on it, which is how
/// a user of voice control calls it. Only contrast depends on the theme.
const RUN: &str = r#"
  const [done] = [...arguments].slice(-1);
  const options = {
    resultTypes: ['violations'],
    iframes: false,
    rules: { 'label-content-name-mismatch': { enabled: true } },
  };
  const root = document.documentElement;
  const settle = () => {
    for (const each of document.getAnimations())
      if (each.effect.getComputedTiming().endTime !== Infinity) each.finish();
  };
  const told = (theme, { violations }) => violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, any, all, none }) => {
      const why = [...any, ...all, ...none].map(({ message }) => message).join('; ');
      return `${theme}, ${id} (${help}): ${html.slice(0, 240)} ${why.slice(0, 240)}`;
    }));
  (async () => {
    const was = root.dataset.theme;
    const found = [];
    try {
      root.dataset.theme = 'light';
      settle();
      found.push(...told('light', await axe.run(document, options)));
      root.dataset.theme = 'dark';
      settle();
      found.push(...told('dark', await axe.run(document, { ...options, runOnly: ['color-contrast'] })));
    } finally {
      if (was === undefined) delete root.dataset.theme;
      else root.dataset.theme = was;
    }
    return found;
  })().then(done, error => done([`axe did not run: ${error}`]));
"#;

/// What is against a rule on this screen: theme, rule, element and why.
pub async fn broken_rules(window: &Window) -> Vec<String> {
    let there = window.client.execute("return 'axe' in window", vec![]).await.unwrap();
    if there != json!(true) {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(AXE);
        let source = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        window.client.execute(&source, vec![]).await.unwrap();
    }
    let found = window.client.execute_async(RUN, vec![]).await.unwrap();
    let Value::Array(found) = found else { panic!("axe answers {found}") };
    found.iter().map(|each| each.as_str().unwrap_or_default().to_owned()).collect()
}
