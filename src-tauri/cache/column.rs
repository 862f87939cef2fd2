//! The columns of a history as bytes: a quarter to a half of what the numbers take, read at a few nanoseconds a point.
//!
//! Whole numbers are kept as differences of differences, of which a regular column has almost only zeros, each in as
//! many bytes as it needs: seven bits a byte, lowest first, the sign in the lowest bit. Values are kept in four bytes
//! each where none of them loses anything by that, which is how most frameworks count, and in eight otherwise.

/// Steps or times.
pub(super) fn integers_to_bytes(numbers: &[i64]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(2 * numbers.len());
    let (mut last, mut last_difference) = (0_i64, 0_i64);
    for number in numbers {
        let difference = number.wrapping_sub(last);
        let second = difference.wrapping_sub(last_difference);
        (last, last_difference) = (*number, difference);
        let mut rest = ((second << 1) ^ (second >> 63)).cast_unsigned();
        while rest >= 0x80 {
            bytes.push(rest.to_le_bytes()[0] | 0x80);
            rest >>= 7;
        }
        bytes.push(rest.to_le_bytes()[0]);
    }
    bytes
}

/// `None` where these are not the bytes of `count` numbers.
pub(super) fn integers_from_bytes(bytes: &[u8], count: usize) -> Option<Vec<i64>> {
    // Each takes a byte at least, so a wrong count costs no more memory than the bytes did.
    if bytes.len() < count {
        return None;
    }
    let mut numbers = Vec::with_capacity(count);
    let mut bytes = bytes.iter();
    let (mut last, mut last_difference) = (0_i64, 0_i64);
    for _ in 0..count {
        let (mut zigzag, mut shift) = (0_u64, 0_u32);
        loop {
            let byte = *bytes.next()?;
            zigzag |= u64::from(byte & 0x7f).checked_shl(shift)?;
            if byte < 0x80 {
                break;
            }
            shift += 7;
        }
        let second = (zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed();
        last_difference = last_difference.wrapping_add(second);
        last = last.wrapping_add(last_difference);
        numbers.push(last);
    }
    bytes.next().is_none().then_some(numbers)
}

pub(super) fn values_to_bytes(values: &[f64]) -> Vec<u8> {
    let short = |value: &f64| *value as f32;
    let is_short = |value: &f64| f64::from(short(value)).to_bits() == value.to_bits();
    if values.iter().all(is_short) {
        values.iter().flat_map(|value| short(value).to_le_bytes()).collect()
    } else {
        values.iter().flat_map(|value| value.to_le_bytes()).collect()
    }
}

/// `None` where these are not the bytes of `count` values.
pub(super) fn values_from_bytes(bytes: &[u8], count: usize) -> Option<Vec<f64>> {
    let (short, long) = (bytes.as_chunks::<4>(), bytes.as_chunks::<8>());
    match (short, long) {
        ((short, []), _) if short.len() == count => {
            Some(short.iter().map(|value| f32::from_le_bytes(*value).into()).collect())
        }
        (_, (long, [])) if long.len() == count => Some(long.iter().map(|value| f64::from_le_bytes(*value)).collect()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_comes_back() {
        let columns: [&[i64]; 6] = [
            &[],
            &[0],
            &[i64::MIN, i64::MAX, 0, -1, i64::MAX, i64::MIN, i64::MIN],
            &[1_700_000_000_000, 1_700_000_000_250, 1_700_000_000_251, 5],
            &[-3, -3, -3],
            &[63, 64, -64, -65, 8_191, 8_192],
        ];
        for column in columns {
            let bytes = integers_to_bytes(column);
            assert_eq!(integers_from_bytes(&bytes, column.len()).unwrap(), column);
            assert_eq!(integers_from_bytes(&bytes, column.len() + 1), None);
        }
        let long: [&[f64]; 2] = [&[0.1, f64::INFINITY, -0.0, f64::MIN_POSITIVE], &[f64::MAX, 1.0]];
        let short: [&[f64]; 2] = [&[0.5, f64::NEG_INFINITY, -0.0, 0.1_f32 as f64], &[f64::NAN]];
        for (width, columns) in [(8, long), (4, short)] {
            for column in columns {
                let bytes = values_to_bytes(column);
                assert_eq!(bytes.len(), width * column.len());
                let found = values_from_bytes(&bytes, column.len()).unwrap();
                let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
                assert_eq!(bits(&found), bits(column));
                assert_eq!(values_from_bytes(&bytes, column.len() + 1), None);
            }
        }
    }

    #[test]
    fn regular_columns_are_small() {
        let steps: Vec<i64> = (0..10_000).map(|step| 10 * step).collect();
        assert!(integers_to_bytes(&steps).len() < 10_010);
        let times: Vec<i64> = (0..10_000).map(|step| 1_700_000_000_000 + 250 * step + step % 7).collect();
        assert!(integers_to_bytes(&times).len() < 10_020);
    }

    #[test]
    fn bytes_of_nothing_are_refused() {
        for bytes in [&[0x80][..], &[0xff; 11], &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]] {
            assert_eq!(integers_from_bytes(bytes, 1), None);
        }
        assert_eq!(integers_from_bytes(&[0, 0], 1), None, "more than was asked for");
        assert_eq!(integers_from_bytes(&[0], usize::MAX), None);
        assert_eq!(values_from_bytes(&[0; 9], 1), None);
    }
}
