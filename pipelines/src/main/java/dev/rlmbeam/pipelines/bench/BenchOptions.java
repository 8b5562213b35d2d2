package dev.rlmbeam.pipelines.bench;

import java.util.List;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.jspecify.annotations.Nullable;

/** What and how much {@code rlm bench} measures. */
public interface BenchOptions extends PipelineOptions {
  /** All there are, by name. */
  List<String> NAMES = List.of("quick", "only", "json", "localIsolation", "python", "stacktrace");

  @Description("Fewer rounds of what is slow and no context of 1 GB: one or two minutes in all.")
  @Default.Boolean(false)
  boolean getQuick();

  void setQuick(boolean value);

  @Description("Keys of the figures to measure, with commas between. Default: all.")
  @Nullable String getOnly();

  void setOnly(@Nullable String value);

  @Description("One JSON object on stdout in place of the table.")
  @Default.Boolean(false)
  boolean getJson();

  void setJson(boolean value);

  @Description("Local sandboxes: auto (bubblewrap where it works), bubblewrap, none.")
  @Default.String("auto")
  String getLocalIsolation();

  void setLocalIsolation(String value);

  @Description("The Python, 3.8 or newer, that local sandboxes run. Default: python3.")
  @Nullable String getPython();

  void setPython(@Nullable String value);

  @Description("Show where an internal error comes from.")
  @Default.Boolean(false)
  boolean getStacktrace();

  void setStacktrace(boolean value);
}
