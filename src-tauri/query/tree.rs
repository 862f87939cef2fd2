//! A filter as a tree.

use std::ops::Range;

#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    And(Vec<Expr>),
    Or(Vec<Expr>),
    /// The complement: all runs that the inner expression does not match.
    Not(Box<Expr>),
    Test(Field, Test),
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
            Self::Test(field, _) => visit(field),
            Self::Word(_) => {}
        }
    }
}
