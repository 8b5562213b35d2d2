package dev.rlmbeam.sandbox.testing.emulator;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Ranges of addresses. Immutable. */
final class Cidrs {
  private static final Pattern FORM = Pattern.compile("[0-9a-fA-F:.]+/[0-9]{1,3}");

  private record Range(InetAddress first, int bits) {
    boolean holds(InetAddress one) {
      byte[] address = first.getAddress();
      byte[] other = one.getAddress();
      if (address.length != other.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit++) {
        int mask = 0x80 >>> (bit % 8);
        if (((address[bit / 8] ^ other[bit / 8]) & mask) != 0) {
          return false;
        }
      }
      return true;
    }
  }

  private final List<Range> ranges = new ArrayList<>();

  /** Reads them; refuses a request with one that is none. */
  Cidrs(List<String> texts) {
    for (String text : texts) {
      if (!FORM.matcher(text).matches()) {
        throw Refusals.invalid("this is no CIDR: %s", text);
      }
      int slash = text.indexOf('/');
      try {
        InetAddress address = InetAddress.getByName(text.substring(0, slash));
        int bits = Integer.parseInt(text.substring(slash + 1));
        if (bits > address.getAddress().length * 8) {
          throw Refusals.invalid("this is no CIDR: %s", text);
        }
        ranges.add(new Range(address, bits));
      } catch (UnknownHostException e) {
        throw Refusals.invalid("this is no CIDR: %s", text);
      }
    }
  }

  /** Whether it is in one of them. */
  boolean hold(InetAddress address) {
    return ranges.stream().anyMatch(range -> range.holds(address));
  }
}
