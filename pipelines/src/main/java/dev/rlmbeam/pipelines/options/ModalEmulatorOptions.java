package dev.rlmbeam.pipelines.options;

import java.util.List;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.jspecify.annotations.Nullable;

/** How the emulator of Modal is to be. */
public interface ModalEmulatorOptions extends CommonOptions {

  @OptionGroup.In(value = OptionGroup.EMULATOR, sample = "N", place = 1)
  @Description("Port of 127.0.0.1 for its service. 0 for any that is free.")
  @Default.Integer(0)
  int getPort();

  void setPort(int value);

  @OptionGroup.In(value = OptionGroup.EMULATOR, sample = "auto|bubblewrap|none", place = 2)
  @Description(
      "What walls sandboxes in. auto: bubblewrap; none: plain processes, whose code can do what you"
          + " can, and which listen on this machine itself.")
  @Default.String("auto")
  String getLocalIsolation();

  void setLocalIsolation(String value);

  @OptionGroup.In(value = OptionGroup.EMULATOR, sample = "TIME", place = 3)
  @Description("Added to what goes through tunnels, each way.")
  @Default.String("0")
  String getTunnelLatency();

  void setTunnelLatency(String value);

  @OptionGroup.In(value = OptionGroup.EMULATOR, sample = "KIND:NAME=VALUE:…", place = 4)
  @Description("What goes wrong on purpose, such as tunnel-drop:after=2s:rate=0.1.")
  @Nullable List<String> getFault();

  void setFault(@Nullable List<String> value);

  @OptionGroup.In(value = OptionGroup.EMULATOR, sample = "N", place = 5)
  @Description("Of the dice that say what a fault with a rate strikes.")
  @Default.Long(1)
  long getSeed();

  void setSeed(long value);

  @OptionGroup.In(value = OptionGroup.EMULATOR, sample = "ak-…", place = 6)
  @Description("Id of the token that it lets in. Default: one that is made up.")
  @Nullable String getTokenId();

  void setTokenId(@Nullable String value);

  @OptionGroup.In(value = OptionGroup.EMULATOR, sample = "FILE", place = 7)
  @Description("File with the secret of that token, as-…. Default: one that is made up.")
  @Nullable String getTokenSecretFile();

  void setTokenSecretFile(@Nullable String value);

  @OptionGroup.In(value = OptionGroup.EMULATOR, sample = "TIME", place = 8)
  @Description("How long auth tokens are good.")
  @Default.String("20m")
  String getAuthTokenLifetime();

  void setAuthTokenLifetime(String value);

  @OptionGroup.In(value = OptionGroup.EMULATOR, sample = "NAME:VARIABLE=VALUE", place = 9)
  @Description("A secret that has a name; again for another variable of it.")
  @Nullable List<String> getSecret();

  void setSecret(@Nullable List<String> value);

  @OptionGroup.In(value = OptionGroup.EMULATOR, sample = "NAME,…", place = 10)
  @Description("Proxies that there are.")
  @Nullable List<String> getProxy();

  void setProxy(@Nullable List<String> value);

  @OptionGroup.In(value = OptionGroup.EMULATOR, sample = "NAME,…", place = 11)
  @Description("Environments beside main.")
  @Nullable List<String> getEnvironment();

  void setEnvironment(@Nullable List<String> value);

  @OptionGroup.In(value = OptionGroup.EMULATOR, sample = "TIME", place = 12)
  @Description("How long a layer of an image takes that is not kept yet.")
  @Default.String("0")
  String getImageBuildTime();

  void setImageBuildTime(String value);
}
