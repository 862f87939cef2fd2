//! Formulas of metrics, such as `val/loss - train/loss` or `1 - acc`: names as in a filter, and arithmetic.
//!
//! ```text
//! sum     = product { ('+' | '-') product }
//! product = sign { ('*' | '/') sign }
//! sign    = { '-' | '+' } power
//! power   = atom [ '^' sign ]
//! atom    = number | name | function '(' sum { ',' sum } ')' | '(' sum ')'
//! ```
//!
//! A name may have the signs of arithmetic in it: of the metrics that there are, the longest that stands at a place is
//! meant, so `val/loss` is the metric of that name where there is one, and `val` divided by `loss` where there is none.
//! In backticks or double quotes it is that name and nothing else.

mod lexer;
mod reading;
#[cfg(test)]
mod tests;

use super::error::{FilterError, FilterErrorCode, Problem};
use lexer::{Sign, Token, TokenKind, tokens};

pub use reading::{FormulaReading, read_formula};

/// Deeper and longer formulas than people write would run out of stack.
const MAX_DEPTH: usize = 60;
const MAX_TOKENS: usize = 1_000;

/// What a formula says, and the metrics it is of.
#[derive(Debug, Clone, PartialEq)]
pub struct Formula {
    names: Vec<String>,
    tree: Tree,
}

#[derive(Debug, Clone, PartialEq)]
enum Tree {
    Number(f64),
    /// By its place among the names.
    Name(usize),
    Negative(Box<Tree>),
    Both(Operation, Box<(Tree, Tree)>),
    Of(Function, Vec<Tree>),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Operation {
    Plus,
    Minus,
    Times,
    Over,
    Power,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Function {
    Abs,
    Exp,
    Log,
    Log2,
    Log10,
    Max,
    Min,
    Sqrt,
}

impl Function {
    const ALL: [(&'static str, Self); 8] = [
        ("abs", Self::Abs),
        ("exp", Self::Exp),
        ("log", Self::Log),
        ("log2", Self::Log2),
        ("log10", Self::Log10),
        ("max", Self::Max),
        ("min", Self::Min),
        ("sqrt", Self::Sqrt),
    ];

    /// Those of several values take two or more.
    fn is_of_several(self) -> bool {
        matches!(self, Self::Max | Self::Min)
    }

    fn value(self, of: impl IntoIterator<Item = f64>) -> f64 {
        let mut of = of.into_iter();
        let first = of.next().unwrap_or(f64::NAN);
        match self {
            Self::Abs => first.abs(),
            Self::Exp => first.exp(),
            Self::Log => first.ln(),
            Self::Log2 => first.log2(),
            Self::Log10 => first.log10(),
            Self::Sqrt => first.sqrt(),
            Self::Max => of.fold(first, |a, b| if b > a || b.is_nan() { b } else { a }),
            Self::Min => of.fold(first, |a, b| if b < a || b.is_nan() { b } else { a }),
        }
    }
}

impl Formula {
    /// `known` are the metrics that there are; a name outside quotes that is none of them is an error. Never panics,
    /// whatever the text.
    pub fn parse<S: AsRef<str>>(text: &str, known: &[S]) -> Result<Self, FilterError> {
        Self::parsed(text, known).map_err(|problem| problem.in_text(text))
    }

    fn parsed<S: AsRef<str>>(text: &str, known: &[S]) -> Result<Self, Problem> {
        let (tokens, problem) = tokens(text, known);
        if let Some(problem) = problem {
            return Err(problem);
        }
        if let Some(token) = tokens.get(MAX_TOKENS) {
            let message = "A formula may not be as long as this";
            return Err(Problem::new(FilterErrorCode::TooLong, message, token.at.clone()));
        }
        let mut parser = Parser { tokens: &tokens, position: 0, end: text.len(), depth: 0, names: Vec::new() };
        let tree = parser.sum()?;
        if parser.peek().is_some() {
            return Err(parser.expected("+, -, *, / or ^"));
        }
        let names = parser.names;
        if names.is_empty() {
            let message = "A formula needs the name of a metric";
            return Err(Problem::new(FilterErrorCode::Incomplete, message, 0..text.len()));
        }
        Ok(Self { names, tree })
    }

    /// The metrics, each once, in the order in which they are named.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The value where the metrics have these, in the order of the names. One that is missing is NaN.
    pub fn value(&self, of: &[f64]) -> f64 {
        self.tree.value(of)
    }
}

impl Tree {
    fn value(&self, of: &[f64]) -> f64 {
        match self {
            Self::Number(number) => *number,
            Self::Name(place) => of.get(*place).copied().unwrap_or(f64::NAN),
            Self::Negative(inner) => -inner.value(of),
            Self::Both(operation, sides) => {
                let (left, right) = (sides.0.value(of), sides.1.value(of));
                match operation {
                    Operation::Plus => left + right,
                    Operation::Minus => left - right,
                    Operation::Times => left * right,
                    Operation::Over => left / right,
                    Operation::Power => power(left, right),
                }
            }
            Self::Of(function, arguments) => function.value(arguments.iter().map(|argument| argument.value(of))),
        }
    }
}

/// NaN stays NaN, also to the power of zero.
fn power(base: f64, exponent: f64) -> f64 {
    if base.is_nan() || exponent.is_nan() { f64::NAN } else { base.powf(exponent) }
}

struct Parser<'a> {
    tokens: &'a [Token],
    position: usize,
    /// Bytes of the formula, for errors at its end.
    end: usize,
    depth: usize,
    names: Vec<String>,
}

type Parsed = Result<Tree, Problem>;

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.position)
    }

    fn take(&mut self, signs: &[Sign]) -> Option<Sign> {
        let sign = self.peek()?.sign().filter(|sign| signs.contains(sign))?;
        self.position += 1;
        Some(sign)
    }

    /// "Expected …, found …" at the next token.
    fn expected(&self, what: &str) -> Problem {
        let Some(token) = self.peek() else {
            let message = format!("Expected {what}, but the formula ends here");
            return Problem::new(FilterErrorCode::Incomplete, message, self.end..self.end);
        };
        let message = match &token.kind {
            TokenKind::Number(_) => format!("Expected {what}, found a number"),
            TokenKind::Name(name) => format!("Expected {what}, found the metric {name}"),
            TokenKind::Function(_) => format!("Expected {what}, found a function"),
            TokenKind::Sign(sign) => format!("Expected {what}, found {}", sign.text()),
        };
        Problem::new(FilterErrorCode::Unexpected, message, token.at.clone())
    }

    /// Whatever calls itself goes through here.
    fn sum(&mut self) -> Parsed {
        self.deeper(|parser| {
            let mut left = parser.product()?;
            while let Some(sign) = parser.take(&[Sign::Plus, Sign::Minus]) {
                let operation = if sign == Sign::Plus { Operation::Plus } else { Operation::Minus };
                left = both(operation, left, parser.product()?);
            }
            Ok(left)
        })
    }

    fn product(&mut self) -> Parsed {
        let mut left = self.sign()?;
        while let Some(sign) = self.take(&[Sign::Times, Sign::Over]) {
            let operation = if sign == Sign::Times { Operation::Times } else { Operation::Over };
            left = both(operation, left, self.sign()?);
        }
        Ok(left)
    }

    fn sign(&mut self) -> Parsed {
        let mut is_negative = false;
        while let Some(sign) = self.take(&[Sign::Plus, Sign::Minus]) {
            is_negative ^= sign == Sign::Minus;
        }
        let power = self.power()?;
        Ok(if is_negative { Tree::Negative(Box::new(power)) } else { power })
    }

    fn power(&mut self) -> Parsed {
        let base = self.atom()?;
        match self.take(&[Sign::Power]) {
            None => Ok(base),
            Some(_) => Ok(both(Operation::Power, base, self.deeper(Self::sign)?)),
        }
    }

    fn atom(&mut self) -> Parsed {
        const WHAT: &str = "a metric, a number or a parenthesis";
        let Some(token) = self.peek() else { return Err(self.expected(WHAT)) };
        match &token.kind {
            TokenKind::Number(number) => {
                self.position += 1;
                Ok(Tree::Number(*number))
            }
            TokenKind::Name(name) => {
                self.position += 1;
                let place = self.names.iter().position(|known| known == name);
                Ok(Tree::Name(place.unwrap_or_else(|| {
                    self.names.push(name.clone());
                    self.names.len() - 1
                })))
            }
            TokenKind::Function(function) => {
                self.position += 1;
                self.arguments(*function, token)
            }
            TokenKind::Sign(Sign::Open) => {
                self.position += 1;
                let inner = self.sum()?;
                self.close("an operator or a closing parenthesis")?;
                Ok(inner)
            }
            TokenKind::Sign(_) => Err(self.expected(WHAT)),
        }
    }

    /// What stands in the parentheses of a function, which the lexer has seen to open.
    fn arguments(&mut self, function: Function, token: &Token) -> Parsed {
        self.take(&[Sign::Open]);
        let mut arguments = vec![self.sum()?];
        while function.is_of_several() && self.take(&[Sign::Comma]).is_some() {
            arguments.push(self.sum()?);
        }
        self.close("an operator or a closing parenthesis")?;
        if function.is_of_several() && arguments.len() < 2 {
            let message = "min and max are of two values or more, with a comma between them";
            return Err(Problem::new(FilterErrorCode::Unexpected, message, token.at.clone()));
        }
        Ok(Tree::Of(function, arguments))
    }

    fn close(&mut self, what: &str) -> Result<(), Problem> {
        self.take(&[Sign::Close]).map(|_| ()).ok_or_else(|| self.expected(what))
    }

    fn deeper(&mut self, inner: impl FnOnce(&mut Self) -> Parsed) -> Parsed {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let here = self.peek().map_or(self.end..self.end, |token| token.at.clone());
            return Err(Problem::new(FilterErrorCode::TooLong, "Too many parentheses inside each other", here));
        }
        let tree = inner(self);
        self.depth -= 1;
        tree
    }
}

fn both(operation: Operation, left: Tree, right: Tree) -> Tree {
    Tree::Both(operation, Box::new((left, right)))
}
