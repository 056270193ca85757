//! Whole numbers, and others.
//!
//! A program may read `010` as eight and `+5` as something else than five, so numbers are taken only in the one form that
//! everything reads alike.

use super::fault::Fault;
use super::{Check, ParamKind, Row, Written};
use crate::param::Param;
use caracola_speech::Speech;

const NO_INTEGER: Fault = Fault::NotA(ParamKind::Integer);
const NO_NUMBER: Fault = Fault::NotA(ParamKind::Number);

pub(super) const INTEGER: Row = Row {
    name: "integer",
    about: "A whole number of 64 bits, such as `-3`.",
    keys: &["min", "max", "choices", "suggest", "complete", "default", "list"],
    check: Check::By(integer),
    fault: Some(Speech::must_be_integer),
    form: |param, speech| {
        let is_unbounded = param.min.is_none() && param.max.is_none() && param.choices.is_empty();
        is_unbounded.then(|| speech.value_integer())
    },
    written: Written::Integer,
    ..Row::PLAIN
};

pub(super) const NUMBER: Row = Row {
    name: "number",
    about: "A finite number, such as `2.5`.",
    keys: &["min", "max", "choices", "suggest", "complete", "default", "list"],
    check: Check::By(number),
    fault: Some(Speech::must_be_number),
    written: Written::Number,
    ..Row::PLAIN
};

fn integer(param: &Param, value: &str) -> Result<(), Fault> {
    let digits = value.strip_prefix('-').unwrap_or(value);
    if !is_plain_decimal(digits) {
        return Err(NO_INTEGER);
    }
    let Ok(integer) = value.parse::<i64>() else {
        // More digits than any number here has; the bounds say it best.
        let beyond = if digits == value {
            f64::INFINITY
        } else {
            f64::NEG_INFINITY
        };
        within(param, beyond)?;
        return Err(NO_INTEGER);
    };
    #[expect(
        clippy::cast_precision_loss,
        reason = "bounds are written as numbers a person can read"
    )]
    within(param, integer as f64)
}

fn number(param: &Param, value: &str) -> Result<(), Fault> {
    let unsigned = value.strip_prefix('-').unwrap_or(value);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.trim_start_matches(['+', '-']))),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let is_plain = is_plain_decimal(whole) && fraction.is_none_or(is_digits) && exponent.is_none_or(is_digits);
    let number: f64 = value.parse().ok().filter(|_| is_plain).ok_or(NO_NUMBER)?;
    if !number.is_finite() {
        return Err(NO_NUMBER);
    }
    within(param, number)
}

/// Digits without a zero before others.
pub(super) fn is_plain_decimal(text: &str) -> bool {
    is_digits(text) && (text == "0" || !text.starts_with('0'))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn within(param: &Param, number: f64) -> Result<(), Fault> {
    match (param.min, param.max) {
        (Some(min), _) if number < min => Err(Fault::Under(min)),
        (_, Some(max)) if number > max => Err(Fault::Over(max)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_form() {
        let param = Param::new("n");
        for value in ["0", "7", "-7", "9223372036854775807", "-9223372036854775808"] {
            assert_eq!(integer(&param, value), Ok(()), "{value}");
            assert_eq!(number(&param, value), Ok(()), "{value}");
        }
        for value in [
            "",
            "-",
            "+7",
            "007",
            "-07",
            "0x7",
            "7 ",
            " 7",
            "7\n",
            "1_000",
            "٧",
            "1.0",
            "9223372036854775808",
        ] {
            assert_eq!(integer(&param, value), Err(NO_INTEGER), "{value:?}");
        }
        let bounded = Param {
            min: Some(-5.0),
            max: Some(5.0),
            ..Param::new("n")
        };
        assert_eq!(integer(&bounded, "99999999999999999999"), Err(Fault::Over(5.0)));
        assert_eq!(integer(&bounded, "-99999999999999999999"), Err(Fault::Under(-5.0)));
        for value in ["0.5", "-0.5", "1e5", "1.5E-3", "1e+5", "10.00"] {
            assert_eq!(number(&param, value), Ok(()), "{value}");
        }
        for value in [
            "", "-", ".5", "5.", "+1", "01.5", "1e", "e5", "inf", "nan", "1e400", "1,5", "1e5e5", "0x1p3", "1.5.2",
        ] {
            assert_eq!(number(&param, value), Err(NO_NUMBER), "{value:?}");
        }
    }
}
