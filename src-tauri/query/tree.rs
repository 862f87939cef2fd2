//! A filter as a tree.

use std::ops::Range;

#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    And(Vec<Expr>),
    Or(Vec<Expr>),
    /// The complement: all runs that the inner expression does not match.
    Not(Box<Expr>),
    Test(Field, Test),
    /// In gates only: compared with the same field of the version that holds the alias.
    ToChampion(Field, Comparison, Change),
    /// Searched for in run names and at the beginning of run ids.
    Word(String),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    pub kind: FieldKind,
    pub key: String,
    /// Bytes of the filter.
    pub at: Range<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    Metric,
    Param,
    Tag,
    Attribute,
    Dataset,
    /// No prefix: an attribute, or whatever else alone has this name.
    Bare,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    Compare(Comparison, Literal),
    Like { pattern: Literal, ignore_case: bool, negated: bool },
    In { values: Vec<Literal>, negated: bool },
    IsNull { negated: bool },
}

/// What is done to the champion's number before it is compared: `* 1.1`, `- 0.01`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Change {
    None,
    /// By a finite number, which is not zero where it divides.
    By(ChangeSign, f64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeSign {
    Times,
    Over,
    Plus,
    Minus,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Literal {
    /// Without its quotes.
    pub text: String,
    pub quote: Option<char>,
    /// Bytes of the filter.
    pub at: Range<usize>,
}

impl Change {
    /// Rounded to 15 digits, so that 0.93 - 0.01 is 0.92 and not a little more.
    pub fn of(self, number: f64) -> f64 {
        let number = number.clamp(f64::MIN, f64::MAX);
        let changed = match self {
            Self::None => return number,
            Self::By(ChangeSign::Times, by) => number * by,
            Self::By(ChangeSign::Over, by) => number / by,
            Self::By(ChangeSign::Plus, by) => number + by,
            Self::By(ChangeSign::Minus, by) => number - by,
        };
        let changed = changed.clamp(f64::MIN, f64::MAX);
        format!("{changed:.14e}").parse().unwrap_or(changed).clamp(f64::MIN, f64::MAX)
    }
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (sign, by) = match self {
            Self::None => return Ok(()),
            Self::By(ChangeSign::Times, by) => ('*', by),
            Self::By(ChangeSign::Over, by) => ('/', by),
            Self::By(ChangeSign::Plus, by) => ('+', by),
            Self::By(ChangeSign::Minus, by) => ('-', by),
        };
        write!(f, " {sign} {by}")
    }
}

impl Literal {
    /// The value as a number, `NaN` and infinities among them.
    pub fn number(&self) -> Option<f64> {
        self.text.trim().parse().ok()
    }
}

impl Expr {
    /// Calls `visit` with every field of the tree.
    pub fn each_field<'a>(&'a self, visit: &mut impl FnMut(&'a Field)) {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.each_field(visit)),
            Self::Not(inner) => inner.each_field(visit),
            Self::Test(field, _) | Self::ToChampion(field, ..) => visit(field),
            Self::Word(_) => {}
        }
    }
}
