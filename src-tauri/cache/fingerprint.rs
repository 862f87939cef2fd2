//! A number by which a run is told from its former self. It is kept in the cache file, so it must be the same in every
//! build of every version: SipHash 1-3 with the key zero, over fields whose bytes are written out here.

use std::hash::Hasher;

use siphasher::sip::SipHasher13;

use crate::entities::{DatasetInput, LifecycleStage, Run};

/// The same for the same run, whatever the order of its metrics, params and tags.
pub(super) fn fingerprint(run: &Run) -> i64 {
    let info = &run.info;
    let stage = match info.lifecycle_stage {
        LifecycleStage::Active => 0,
        LifecycleStage::Deleted => 1,
    };
    let mut sum = Part::new(0)
        .text(&info.run_id)
        .text(&info.run_name)
        .text(&info.experiment_id)
        .text(&info.user_id)
        .text(info.status.as_mlflow())
        .maybe(info.start_time_ms)
        .maybe(info.end_time_ms)
        .text(&info.artifact_uri)
        .number(stage)
        .finish();
    let mut add = |part: Part| sum = sum.wrapping_add(part.finish());
    for metric in &run.metrics {
        // There are many NaNs, and they mean the same.
        let value = if metric.value.0.is_nan() { f64::NAN } else { metric.value.0 };
        let bits = i64::from_ne_bytes(value.to_bits().to_ne_bytes());
        add(Part::new(1).text(&metric.key).number(bits).number(metric.step).number(metric.timestamp_ms));
    }
    for param in &run.params {
        add(Part::new(2).text(&param.key).text(&param.value));
    }
    for tag in &run.tags {
        add(Part::new(3).text(&tag.key).text(&tag.value));
    }
    for input in &run.dataset_inputs {
        let DatasetInput { name, digest, source_type, source, schema, profile, context } = input;
        let part = Part::new(4).text(name).text(digest).text(source_type).text(source);
        add(part.maybe_text(schema).maybe_text(profile).maybe_text(context));
    }
    for output in &run.model_outputs {
        add(Part::new(5).text(&output.model_id).number(output.step));
    }
    i64::from_ne_bytes(sum.to_ne_bytes())
}

/// One part of a run: its kind, then its fields.
struct Part(SipHasher13);

impl Part {
    fn new(kind: i64) -> Self {
        Self(SipHasher13::new_with_keys(0, 0)).number(kind)
    }

    fn number(mut self, number: i64) -> Self {
        self.0.write(&number.to_le_bytes());
        self
    }

    fn maybe(self, number: Option<i64>) -> Self {
        match number {
            Some(number) => self.number(1).number(number),
            None => self.number(0),
        }
    }

    fn maybe_text(self, text: &Option<String>) -> Self {
        match text {
            Some(text) => self.number(1).text(text),
            None => self.number(0),
        }
    }

    /// With its length first: "ab" and "c" are not "a" and "bc".
    fn text(self, text: &str) -> Self {
        let mut part = self.number(i64::try_from(text.len()).unwrap_or(i64::MAX));
        part.0.write(text.as_bytes());
        part
    }

    fn finish(self) -> u64 {
        self.0.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::tests::{Logged, run};

    #[test]
    fn the_number_is_the_same_in_every_build() {
        // It stands in the cache files of users: with another number every run there is written again.
        let run = run("0a1b").metric("loss", 0.25).metric("nan", -f64::NAN).param("lr", "0.1").tag("team", "a");
        assert_eq!(fingerprint(&run), 3_563_790_954_571_840_668);
    }

    #[test]
    fn order_does_not_count_and_every_field_does() {
        let run_with = |metrics: [&str; 2], value: &str| {
            run("r").metric(metrics[0], 1.0).metric(metrics[1], 1.0).param("p", value)
        };
        assert_eq!(fingerprint(&run_with(["a", "b"], "x")), fingerprint(&run_with(["b", "a"], "x")));
        assert_ne!(fingerprint(&run_with(["a", "b"], "x")), fingerprint(&run_with(["a", "b"], "y")));
        assert_ne!(fingerprint(&run("r").param("ab", "c")), fingerprint(&run("r").param("a", "bc")));
        assert_ne!(fingerprint(&run("r").param("k", "v")), fingerprint(&run("r").tag("k", "v")));
    }
}
