//! Bytes as hexadecimal digits.

/// Two lower-case digits for each byte.
pub fn encode(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// The bytes of digits in pairs, in either case. `None` for anything else.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let digit = |digit: u8| {
        char::from(digit)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
        return None;
    };
    pairs
        .iter()
        .map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?))
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn digits_come_in_pairs() {
        assert_eq!(super::encode(&[0, 0x0a, 0xff]), "000aff");
        assert_eq!(super::decode("000aFF"), Some(vec![0, 0x0a, 0xff]));
        for odd in ["0", "0g", "é"] {
            assert_eq!(super::decode(odd), None, "{odd}");
        }
    }
}
