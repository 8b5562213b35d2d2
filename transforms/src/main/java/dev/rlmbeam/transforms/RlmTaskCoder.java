package dev.rlmbeam.transforms;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.util.VarInt;

/**
 * Encodes tasks: strings with their lengths, nothing reflective, because contexts are large and
 * runners encode them more than once.
 */
public final class RlmTaskCoder extends AtomicCoder<RlmTask> {
  private static final long serialVersionUID = 1L;
  private static final int TEXT = 0;
  private static final int JSON = 1;
  private static final int REF = 2;
  private static final int JSON_REF = 3;
  private static final RlmTaskCoder INSTANCE = new RlmTaskCoder();
  private static final StringUtf8Coder STRING = StringUtf8Coder.of();

  private RlmTaskCoder() {}

  /** The coder. */
  public static RlmTaskCoder of() {
    return INSTANCE;
  }

  @Override
  public void encode(RlmTask task, OutputStream out) throws IOException {
    STRING.encode(task.id(), out);
    STRING.encode(task.query(), out);
    STRING.encode(task.source(), out);
    STRING.encode(task.attributes(), out);
    RlmContext context = task.context();
    if (context instanceof RlmContext.Inline inline) {
      VarInt.encode(inline.json() ? JSON : TEXT, out);
      STRING.encode(inline.value(), out);
    } else if (context instanceof RlmContext.Ref ref) {
      VarInt.encode(ref.json() ? JSON_REF : REF, out);
      STRING.encode(ref.uri(), out);
      VarLongCoder.of().encode(ref.bytes(), out);
    } else {
      throw new IllegalStateException("unknown context " + context.getClass());
    }
  }

  @Override
  public RlmTask decode(InputStream in) throws IOException {
    String id = STRING.decode(in);
    String query = STRING.decode(in);
    String source = STRING.decode(in);
    String attributes = STRING.decode(in);
    int kind = VarInt.decodeInt(in);
    RlmContext context =
        switch (kind) {
          case TEXT, JSON -> new RlmContext.Inline(STRING.decode(in), kind == JSON);
          case REF, JSON_REF ->
              new RlmContext.Ref(STRING.decode(in), VarLongCoder.of().decode(in), kind == JSON_REF);
          default -> throw new CoderException("no kind of context has the number " + kind);
        };
    return new RlmTask(id, query, context, source, attributes);
  }

  @Override
  public boolean consistentWithEquals() {
    return true;
  }
}
