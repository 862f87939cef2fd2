//! Which way a metric is better. The one place that decides it, for every screen.
//!
//! A wrong claim is worse than none: people promote by it. So a direction is claimed only where the
//! whole name is one that is known, or the user has said so; a word within a name proves nothing
//! (`loss_reduction`, `lossless_ratio`).

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use specta::Type;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Better {
    Higher,
    Lower,
}

/// Which way a metric is better, where that is claimed, and who says so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Direction {
    /// Absent where nothing is claimed.
    pub better: Option<Better>,
    /// The user said so, and not the metric's name.
    pub chosen: bool,
}

/// What the user says of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum DirectionChoice {
    Higher,
    Lower,
    /// Neither way is better, whatever the name says.
    None,
}

/// The user's choices, by the key of the metric; for all others the name decides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Directions(pub HashMap<String, DirectionChoice>);

impl Directions {
    pub fn of(&self, key: &str) -> Direction {
        match self.0.get(key) {
            Some(DirectionChoice::Higher) => Direction { better: Some(Better::Higher), chosen: true },
            Some(DirectionChoice::Lower) => Direction { better: Some(Better::Lower), chosen: true },
            Some(DirectionChoice::None) => Direction { better: None, chosen: true },
            None => Direction { better: by_name(key), chosen: false },
        }
    }
}

impl Better {
    /// The best of some values, where there are at least two different ones that are numbers.
    pub fn best(self, values: impl IntoIterator<Item = f64>) -> Option<f64> {
        let mut values = values.into_iter().filter(|value| value.is_finite());
        let first = values.next()?;
        let (mut best, mut differ) = (first, false);
        for value in values {
            differ |= value != first;
            best = match self {
                Self::Higher => best.max(value),
                Self::Lower => best.min(value),
            };
        }
        differ.then_some(best)
    }
}

/// Lower is better.
const LOWER: &str = "\
    loss logloss log_loss binary_logloss multi_logloss mlogloss cross_entropy cross_entropy_loss binary_crossentropy \
    categorical_crossentropy sparse_categorical_crossentropy nll nll_loss negative_log_likelihood hinge_loss \
    hamming_loss zero_one_loss brier brier_score brier_score_loss error error_rate merror max_error ece \
    expected_calibration_error mae mean_absolute_error mse mean_squared_error rmse root_mean_squared_error msle \
    mean_squared_logarithmic_error mean_squared_log_error rmsle root_mean_squared_log_error mape \
    mean_absolute_percentage_error smape wape mase median_absolute_error mean_poisson_deviance mean_gamma_deviance \
    negative_likelihood_ratio perplexity ppl wer word_error_rate cer character_error_rate fid eer equal_error_rate \
    latency inference_time inference_latency false_positive_rate fpr false_negative_rate fnr";

/// Higher is better.
const HIGHER: &str = "\
    acc accuracy accuracy_score balanced_accuracy balanced_accuracy_score binary_accuracy categorical_accuracy \
    sparse_categorical_accuracy top_k_accuracy top_k_categorical_accuracy sparse_top_k_categorical_accuracy \
    top_k_accuracy_score training_score auc auroc roc_auc roc_auc_score auprc aucpr pr_auc precision_recall_auc \
    average_precision average_precision_score ap map mean_average_precision f1 f1score f1_score fbeta fbeta_score \
    precision precision_score recall recall_score sensitivity specificity true_positive_rate tpr true_negative_rate \
    tnr mcc matthews_corrcoef kappa cohen_kappa cohen_kappa_score jaccard jaccard_score iou miou mean_iou dice \
    dice_score r2 r2_score explained_variance explained_variance_score bleu sacrebleu rouge1 rouge2 rougel rougelsum \
    rouge_l meteor exact_match ndcg ndcg_score mrr mean_reciprocal_rank hit_rate psnr ssim reward episode_reward \
    throughput";

/// Words before a name that say on what, or which of several values, and not what is measured.
const BEFORE: &str = "\
    train training val valid validation test testing eval evaluation dev holdout oof cv metrics best final last top \
    micro macro weighted mean avg average p50 p90 p95 p99";

/// Words after a name that say how it was taken, or its unit.
const AFTER: &str = "\
    micro macro weighted binary samples mean avg average best final last at k train training val valid validation \
    test eval dev holdout ms s sec seconds us p50 p90 p95 p99";

/// Which way is better by the name alone: a known name, with at most words around it that change nothing.
fn by_name(key: &str) -> Option<Better> {
    let lower = key.to_lowercase();
    known(&words(&lower)).or_else(|| known(&words(&between_words(key))))
}

/// `valAccuracy` as `val_accuracy`.
fn between_words(key: &str) -> String {
    let mut spelled = String::with_capacity(key.len() + 4);
    let mut after_lower = false;
    for character in key.chars() {
        if after_lower && character.is_uppercase() {
            spelled.push('_');
        }
        after_lower = character.is_lowercase() || character.is_numeric();
        spelled.extend(character.to_lowercase());
    }
    spelled
}

fn words(text: &str) -> Vec<&str> {
    text.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty()).collect()
}

fn known(words: &[&str]) -> Option<Better> {
    let is_number = |word: &str| word.chars().all(|character| character.is_ascii_digit());
    let before = |word: &&str| listed(BEFORE, word) || is_number(word.strip_prefix("top").unwrap_or(word));
    let after = |word: &&str| listed(AFTER, word) || is_number(word);
    let starts = words.iter().take_while(|word| before(word)).count();
    let ends = words.len() - words.iter().rev().take_while(|word| after(word)).count();
    // The longest name first: what is known of the whole says more than what is known of a part.
    for from in 0..=starts {
        for to in (ends.max(from + 1)..=words.len()).rev() {
            let name = words.get(from..to).unwrap_or_default().join("_");
            if let Some(better) = named(&name) {
                return Some(better);
            }
        }
    }
    None
}

fn named(name: &str) -> Option<Better> {
    match name.strip_prefix("neg_") {
        // The scorers of scikit-learn are all made so that higher is better.
        Some(negated) => listed(LOWER, negated).then_some(Better::Higher),
        None if listed(LOWER, name) => Some(Better::Lower),
        None => listed(HIGHER, name).then_some(Better::Higher),
    }
}

fn listed(list: &str, name: &str) -> bool {
    list.split(' ').any(|listed| listed == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Better::{Higher, Lower};

    #[test]
    fn a_known_name_says_which_way_is_better() {
        let lower = "loss val_loss train/loss valLoss Loss brier_score logloss latency_ms latency_p95_ms eval.error_rate \
             validation_0-rmse valid_0-binary_logloss training_mean_squared_error RMSE test:mse";
        let higher = "f1_macro macro_f1 F1Score val/top1_acc top_5_accuracy valAccuracy mAP@50 precision_at_5 roc_auc \
             ROC-AUC best_val_acc training_accuracy_score ndcg@10 episode_reward_mean R2";
        for (keys, better) in [(lower, Lower), (higher, Higher)] {
            for key in keys.split(' ') {
                assert_eq!(by_name(key), Some(better), "{key}");
            }
        }
        assert_eq!(by_name("test mean squared error"), Some(Lower));
    }

    #[test]
    fn the_negated_scores_of_scikit_learn_are_better_when_higher() {
        for key in ["neg_log_loss", "val_neg_log_loss", "neg_mean_squared_error", "neg_brier_score", "neg_max_error"] {
            assert_eq!(by_name(key), Some(Higher), "{key}");
        }
        for key in ["neg_accuracy", "neg_gap", "neg"] {
            assert_eq!(by_name(key), None, "{key}");
        }
    }

    #[test]
    fn a_word_within_a_name_claims_nothing() {
        let keys = "loss_reduction error_rate_improvement lossless_ratio no_loss_acc accumulated bitmap_size maelstrom \
             depth terror_watch loss_std delta_loss loss_scale weight_decay duration score map_size accuracy_drop \
             precision_loss loss_acc recall_error _ 損失 mean";
        for key in keys.split(' ').chain([""]) {
            assert_eq!(by_name(key), None, "{key}");
        }
    }

    #[test]
    fn the_user_knows_better_than_the_name() {
        let chosen = [
            ("loss".to_owned(), DirectionChoice::None),
            ("gap".to_owned(), DirectionChoice::Lower),
            ("val_loss".to_owned(), DirectionChoice::Higher),
        ];
        let directions = Directions(HashMap::from(chosen));
        assert_eq!(directions.of("loss"), Direction { better: None, chosen: true });
        assert_eq!(directions.of("gap"), Direction { better: Some(Lower), chosen: true });
        assert_eq!(directions.of("val_loss"), Direction { better: Some(Higher), chosen: true });
        assert_eq!(directions.of("acc"), Direction { better: Some(Higher), chosen: false });
        assert_eq!(directions.of("depth"), Direction::default());
    }

    #[test]
    fn the_best_needs_two_different_numbers() {
        assert_eq!(Higher.best([0.8, 0.9, f64::NAN]), Some(0.9));
        assert_eq!(Lower.best([0.8, 0.9, f64::INFINITY]), Some(0.8));
        assert_eq!(Lower.best([0.8, 0.8]), None);
        assert_eq!(Lower.best([0.8, f64::NAN]), None);
        assert_eq!(Higher.best([]), None);
    }

    #[test]
    fn no_name_is_in_both_lists() {
        assert!(LOWER.split(' ').all(|name| !listed(HIGHER, name)));
    }
}
