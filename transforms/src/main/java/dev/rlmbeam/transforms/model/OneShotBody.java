package dev.rlmbeam.transforms.model;

import java.io.IOException;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;

/**
 * A body that okhttp sends at most once. Left to itself okhttp repeats a POST on some failures, and
 * a repeated call may be a call paid twice; here only our own retries repeat one, and count it.
 */
final class OneShotBody extends RequestBody {
  private final byte[] bytes;
  private final MediaType type;

  OneShotBody(byte[] bytes, MediaType type) {
    this.bytes = bytes;
    this.type = type;
  }

  @Override
  public MediaType contentType() {
    return type;
  }

  @Override
  public long contentLength() {
    return bytes.length;
  }

  @Override
  public boolean isOneShot() {
    return true;
  }

  @Override
  public void writeTo(BufferedSink sink) throws IOException {
    sink.write(bytes);
  }
}
