//! From tokens to a tree, by recursive descent.
//!
//! ```text
//! or      = and { OR and }
//! and     = {AND} not { {AND} not } {AND}
//! not     = NOT not | '(' or ')' | field test | word
//! test    = comparison value | [NOT] LIKE value | [NOT] ILIKE value
//!         | [NOT] IN '(' value { ',' value } ')' | IS [NOT] NULL
//! field   = prefix '.' key | key
//! ```
//!
//! A rule of a gate has no words, and `test` may also be `comparison champion [sign number]` ([`super::champion`]).
//!
//! An `AND` too many is ignored, as the server does.

use super::champion::{after_champion, sign};
use super::error::{FilterErrorCode, Problem};
use super::lexer::{Token, TokenKind, tokens};
use super::tree::{Change, ChangeSign, Comparison, Expr, Field, FieldKind, Literal, Test};

/// Deeper and longer filters than people write would run into SQLite's own limits.
const MAX_DEPTH: usize = 40;
const MAX_TESTS: usize = 200;
const MAX_VALUES: usize = 5_000;

pub(super) type Parsed<T> = Result<T, Problem>;

/// What a text is, as errors call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Filter,
    /// A filter without words, in which `champion` stands for the holder's value.
    Rule,
}

impl Form {
    fn name(self) -> &'static str {
        match self {
            Self::Filter => "filter",
            Self::Rule => "rule",
        }
    }

    fn condition(self) -> &'static str {
        match self {
            Self::Filter => "a condition such as metrics.accuracy > 0.9, or a word of a run's name",
            Self::Rule => "a condition such as accuracy >= 0.90",
        }
    }
}

/// The tree of a filter or rule; `None` for an empty one. Never panics, whatever the text.
pub(super) fn expr(text: &str, form: Form) -> Parsed<Option<Expr>> {
    let (tokens, problem) = tokens(text);
    if let Some(problem) = problem {
        return Err(problem);
    }
    let mut parser = Parser { tokens: &tokens, position: 0, end: text.len(), depth: 0, tests: 0, form };
    parser.skip_ands();
    if parser.peek().is_none() {
        return Ok(None);
    }
    let expr = parser.or()?;
    match parser.peek() {
        None => Ok(Some(expr)),
        Some(token) if token.kind == TokenKind::Close => {
            Err(unexpected("This closing parenthesis has no opening one", token))
        }
        Some(_) => Err(parser.expected(&format!("AND, OR or the end of the {}", form.name()))),
    }
}

struct Parser<'a> {
    tokens: &'a [Token],
    position: usize,
    /// Bytes of the filter, for errors at its end.
    end: usize,
    depth: usize,
    tests: usize,
    form: Form,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.position)
    }

    fn next(&mut self) -> Option<&'a Token> {
        let token = self.peek()?;
        self.position += 1;
        Some(token)
    }

    fn is_keyword(&self, ahead: usize, keyword: &str) -> bool {
        matches!(self.tokens.get(self.position + ahead),
            Some(Token { kind: TokenKind::Word(word), .. }) if word.eq_ignore_ascii_case(keyword))
    }

    fn take_keyword(&mut self, keyword: &str) -> bool {
        let found = self.is_keyword(0, keyword);
        self.position += usize::from(found);
        found
    }

    /// "Expected …, found …" at the next token.
    fn expected(&self, what: &str) -> Problem {
        match self.peek() {
            None => Problem::new(
                FilterErrorCode::Incomplete,
                format!("Expected {what}, but the {} ends here", self.form.name()),
                self.end..self.end,
            ),
            Some(token) => unexpected(format!("Expected {what}, found {}", spelled(&token.kind)), token),
        }
    }

    fn or(&mut self) -> Parsed<Expr> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.too_long("Too many parentheses inside each other"));
        }
        let mut parts = vec![self.and()?];
        while self.take_keyword("or") {
            parts.push(self.and()?);
        }
        self.depth -= 1;
        Ok(one_or(parts, Expr::Or))
    }

    fn and(&mut self) -> Parsed<Expr> {
        let mut parts = Vec::new();
        loop {
            self.skip_ands();
            let goes_on = match self.peek().map(|token| &token.kind) {
                None | Some(TokenKind::Close) => false,
                Some(_) => !self.is_keyword(0, "or"),
            };
            if !goes_on && !parts.is_empty() {
                return Ok(one_or(parts, Expr::And));
            }
            parts.push(self.not()?);
        }
    }

    fn skip_ands(&mut self) {
        while self.take_keyword("and") {}
    }

    fn not(&mut self) -> Parsed<Expr> {
        let mut negated = false;
        while self.take_keyword("not") {
            negated = !negated;
        }
        let inner = if self.peek().is_some_and(|token| token.kind == TokenKind::Open) {
            self.position += 1;
            let inner = self.or()?;
            if self.peek().is_none_or(|token| token.kind != TokenKind::Close) {
                return Err(self.expected("AND, OR or a closing parenthesis"));
            }
            self.position += 1;
            inner
        } else {
            self.test_or_word()?
        };
        Ok(if negated { Expr::Not(Box::new(inner)) } else { inner })
    }

    fn too_long(&self, message: impl Into<String>) -> Problem {
        let here = self.peek().map_or(self.end..self.end, |token| token.at.clone());
        Problem::new(FilterErrorCode::TooLong, message, here)
    }

    fn test_or_word(&mut self) -> Parsed<Expr> {
        self.tests += 1;
        if self.tests > MAX_TESTS {
            return Err(self.too_long(format!("A {} may have {MAX_TESTS} conditions at most", self.form.name())));
        }
        let what = self.form.condition();
        let Some(token) = self.peek() else { return Err(self.expected(what)) };
        let (field, word) = match &token.kind {
            TokenKind::Word(word) if is_keyword(word) => return Err(self.expected(what)),
            TokenKind::Word(word) => {
                self.position += 1;
                field(word, token)?
            }
            TokenKind::Quoted(text, quote) => {
                self.position += 1;
                if *quote == '\'' && self.test_follows() {
                    return Err(unexpected("A key stands without quotes, or in backticks, before its value", token));
                }
                let key = within(text, "`").to_owned();
                (Field { kind: FieldKind::Bare, key, at: token.at.clone() }, Some(text.clone()))
            }
            _ => return Err(self.expected(what)),
        };
        if self.test_follows() {
            return match self.form == Form::Rule && self.names_champion() {
                true => self.beside_champion(field),
                false => Ok(Expr::Test(field, self.test()?)),
            };
        }
        match word {
            Some(word) if self.form == Form::Filter => Ok(Expr::Word(word)),
            _ => Err(self.expected("an operator such as =, >, LIKE, IN or IS NULL")),
        }
    }

    /// Whether what follows is an operator and `champion`.
    fn names_champion(&self) -> bool {
        let is_operator = matches!(self.peek(), Some(Token { kind: TokenKind::Operator(_), .. }));
        is_operator && self.word(1).and_then(after_champion).is_some()
    }

    fn beside_champion(&mut self, field: Field) -> Parsed<Expr> {
        let Some(comparison) = self.comparison() else { return Err(self.expected("an operator such as >=")) };
        let mut rest = self.word(0).and_then(after_champion).unwrap_or_default();
        self.position += 1;
        if rest.is_empty() && self.word(0).is_some_and(|word| sign(word).is_some()) {
            rest = self.word(0).unwrap_or_default();
            self.position += 1;
        }
        let Some((sign, number)) = sign(rest) else { return Ok(Expr::ToChampion(field, comparison, Change::None)) };
        let number = match (number, self.word(0)) {
            ("", Some(word)) => {
                self.position += 1;
                word
            }
            ("", None) => return Err(self.expected("a number, such as 1.1")),
            (number, _) => number,
        };
        let by = number.parse::<f64>().ok().filter(|by| by.is_finite() && (*by != 0.0 || sign != ChangeSign::Over));
        match by {
            Some(by) => Ok(Expr::ToChampion(field, comparison, Change::By(sign, by))),
            None => Err(self.no_number(number)),
        }
    }

    fn word(&self, ahead: usize) -> Option<&'a str> {
        match self.tokens.get(self.position + ahead) {
            Some(Token { kind: TokenKind::Word(word), .. }) => Some(word),
            _ => None,
        }
    }

    /// Said of the word that was just taken.
    fn no_number(&self, number: &str) -> Problem {
        let at = self.tokens.get(self.position.saturating_sub(1)).map_or(self.end..self.end, |token| token.at.clone());
        let message = format!("Expected a number, such as 1.1, found {number}");
        Problem::new(FilterErrorCode::WrongType, message, at.end - number.len().min(at.len())..at.end)
    }

    fn test_follows(&self) -> bool {
        let keyword = |ahead| ["in", "like", "ilike"].into_iter().any(|keyword| self.is_keyword(ahead, keyword));
        matches!(self.peek(), Some(Token { kind: TokenKind::Operator(_), .. }))
            || keyword(0)
            || self.is_keyword(0, "is")
            || (self.is_keyword(0, "not") && keyword(1))
    }

    fn test(&mut self) -> Parsed<Test> {
        if let Some(comparison) = self.comparison() {
            let what = match self.form {
                Form::Filter => "a value, such as 0.9 or 'adam'",
                Form::Rule => "a value, such as 0.9, 'approved', champion or champion * 1.1",
            };
            return Ok(Test::Compare(comparison, self.value(what)?));
        }
        if self.take_keyword("is") {
            let negated = self.take_keyword("not");
            if !self.take_keyword("null") {
                return Err(self.expected(if negated { "NULL" } else { "NULL or NOT NULL" }));
            }
            return Ok(Test::IsNull { negated });
        }
        let negated = self.take_keyword("not");
        if self.take_keyword("in") {
            return Ok(Test::In { values: self.values()?, negated });
        }
        let ignore_case = self.is_keyword(0, "ilike");
        self.position += 1;
        Ok(Test::Like { pattern: self.value("a pattern, such as '%adam%'")?, ignore_case, negated })
    }

    fn comparison(&mut self) -> Option<Comparison> {
        let Some(Token { kind: TokenKind::Operator(operator), .. }) = self.peek() else { return None };
        self.position += 1;
        Some(match *operator {
            "=" | "==" => Comparison::Equal,
            "!=" | "<>" => Comparison::NotEqual,
            "<" => Comparison::Less,
            "<=" => Comparison::LessOrEqual,
            ">" => Comparison::Greater,
            _ => Comparison::GreaterOrEqual,
        })
    }

    fn values(&mut self) -> Parsed<Vec<Literal>> {
        if self.peek().is_none_or(|token| token.kind != TokenKind::Open) {
            return Err(self.expected("a list in parentheses, such as ('adam', 'sgd')"));
        }
        self.position += 1;
        let mut values = vec![self.value("a value")?];
        loop {
            match self.peek().map(|token| &token.kind) {
                Some(TokenKind::Comma) => {
                    self.position += 1;
                    if values.len() >= MAX_VALUES {
                        return Err(self.too_long(format!("A list may have {MAX_VALUES} values at most")));
                    }
                    values.push(self.value("a value")?);
                }
                Some(TokenKind::Close) => {
                    self.position += 1;
                    return Ok(values);
                }
                _ => return Err(self.expected("a comma or a closing parenthesis")),
            }
        }
    }

    fn value(&mut self, what: &str) -> Parsed<Literal> {
        let Some(token) = self.peek() else { return Err(self.expected(what)) };
        let (text, quote) = match &token.kind {
            TokenKind::Word(word) if self.form == Form::Rule && after_champion(word).is_some() => {
                let message = "Expected a value: champion stands alone after =, !=, <, <=, > or >=, a text in quotes";
                return Err(unexpected(message, token));
            }
            TokenKind::Word(word) if !is_keyword(word) => {
                let text = unquoted(word);
                (text.to_owned(), word.chars().next().filter(|_| text.len() < word.len()))
            }
            TokenKind::Quoted(text, quote) => (text.clone(), Some(*quote)),
            _ => return Err(self.expected(what)),
        };
        self.next();
        Ok(Literal { text, quote, at: token.at.clone() })
    }
}

fn unexpected(message: impl Into<String>, token: &Token) -> Problem {
    Problem::new(FilterErrorCode::Unexpected, message, token.at.clone())
}

fn one_or(mut parts: Vec<Expr>, many: impl Fn(Vec<Expr>) -> Expr) -> Expr {
    match parts.len() {
        1 => parts.remove(0),
        _ => many(parts),
    }
}

pub(super) fn is_keyword(word: &str) -> bool {
    ["and", "or", "not", "in", "is", "null", "like", "ilike"]
        .into_iter()
        .any(|keyword| word.eq_ignore_ascii_case(keyword))
}

/// The field that a word names, and the word itself if it could also be searched for.
fn field(word: &str, token: &Token) -> Parsed<(Field, Option<String>)> {
    let prefixed =
        word.split_once('.').and_then(|(prefix, key)| Some((prefix_kind(within(prefix, "`"))?, prefix, key)));
    let of = |kind, key: &str| Field { kind, key: within(unquoted(key), "`").to_owned(), at: token.at.clone() };
    match prefixed {
        None => Ok((of(FieldKind::Bare, word), Some(word.to_owned()))),
        Some((_, prefix, "")) => {
            let message = format!("Expected a name after {prefix}.");
            Err(Problem::new(FilterErrorCode::Incomplete, message, token.at.clone()))
        }
        Some((kind, _, key)) => Ok((of(kind, key), None)),
    }
}

/// Without one pair of quotation marks around all of it. What is between them stays as it is.
fn unquoted(text: &str) -> &str {
    match within(text, "'") {
        same if same.len() == text.len() => within(text, "\""),
        inner => inner,
    }
}

fn within<'a>(text: &'a str, mark: &str) -> &'a str {
    text.strip_prefix(mark).and_then(|text| text.strip_suffix(mark)).unwrap_or(text)
}

/// The server's prefixes and their other spellings.
fn prefix_kind(prefix: &str) -> Option<FieldKind> {
    Some(match prefix.to_ascii_lowercase().as_str() {
        "metrics" | "metric" => FieldKind::Metric,
        "params" | "param" | "parameters" | "parameter" => FieldKind::Param,
        "tags" | "tag" => FieldKind::Tag,
        "attributes" | "attribute" | "attr" | "run" => FieldKind::Attribute,
        "datasets" | "dataset" => FieldKind::Dataset,
        _ => return None,
    })
}

fn spelled(kind: &TokenKind) -> String {
    match kind {
        TokenKind::Open => "(".to_owned(),
        TokenKind::Close => ")".to_owned(),
        TokenKind::Comma => "a comma".to_owned(),
        TokenKind::Operator(operator) => (*operator).to_owned(),
        TokenKind::Word(word) => word.clone(),
        TokenKind::Quoted(text, quote) => format!("{quote}{text}{quote}"),
    }
}
