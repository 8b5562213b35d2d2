package dev.rlmbeam.pipelines.options;

import java.util.List;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.jspecify.annotations.Nullable;

/** How the emulator of Modal is to be. */
public interface ModalEmulatorOptions extends CommonOptions {

  @OptionGroup.In(value = OptionGroup.MODAL, sample = "N", place = 1)
  @Description("Port of 127.0.0.1 for its service. 0 for any that is free.")
  @Default.Integer(0)
  int getPort();

  void setPort(int value);

  @OptionGroup.In(value = OptionGroup.MODAL, sample = "auto|bubblewrap|none", place = 2)
  @Description(
      "What walls sandboxes in. none: plain processes, whose code can do what you can, and which"
          + " listen on this machine itself.")
  @Default.String("auto")
  String getLocalIsolation();

  void setLocalIsolation(String value);

  @OptionGroup.In(value = OptionGroup.MODAL, sample = "TIME", place = 3)
  @Description("Added to what goes through tunnels, each way.")
  @Default.String("0")
  String getTunnelLatency();

  void setTunnelLatency(String value);

  @OptionGroup.In(value = OptionGroup.MODAL, sample = "KIND:NAME=VALUE:…", place = 4)
  @Description(
      "What goes wrong on purpose; may be given more than once (docs/modal.md has the kinds).")
  @Nullable List<String> getFault();

  void setFault(@Nullable List<String> value);

  @OptionGroup.In(value = OptionGroup.MODAL, sample = "ak-…", place = 5)
  @Description("Token that it lets in. Default: one that is made up.")
  @Nullable String getTokenId();

  void setTokenId(@Nullable String value);

  @OptionGroup.In(value = OptionGroup.MODAL, sample = "FILE", place = 6)
  @Description("File with the secret of that token (as-…). Default: one that is made up.")
  @Nullable String getTokenSecretFile();

  void setTokenSecretFile(@Nullable String value);
}
