package dev.skiffmesh.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skiffmesh.api.policy.scope.ScopeMode;
import dev.skiffmesh.registry.consul.ConsulSettings;
import dev.skiffmesh.registry.core.Login;
import dev.skiffmesh.registry.core.PemTls;
import dev.skiffmesh.registry.core.SourceSettings;
import dev.skiffmesh.registry.etcd.EtcdSettings;
import dev.skiffmesh.registry.eureka.EurekaSettings;
import dev.skiffmesh.registry.file.FileSourceSettings;
import dev.skiffmesh.registry.nacos.NacosPolicySettings;
import dev.skiffmesh.registry.nacos.NacosSettings;
import dev.skiffmesh.registry.zookeeper.ZooKeeperSettings;
import dev.skiffmesh.server.admin.AdminSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ConfigReaderTest {

  @TempDir private Path folder;

  private LoadedConfig load(String text, Map<String, String> environment) throws ConfigException {
    return ConfigReader.load(text, "skiff.yaml", folder, environment::get);
  }

  private SkiffConfig read(String text) throws ConfigException {
    return load(text, Map.of()).config();
  }

  private String refusal(String text) {
    try {
      return "accepted: " + load(text, Map.of("PASSWORD", "hunter2")).print();
    } catch (ConfigException refused) {
      return refused.getMessage();
    }
  }

  @Test
  void nothing_written_means_loopback_and_the_usual_ports() throws ConfigException {
    SkiffConfig config = read("");

    assertThat(config.xds()).isEqualTo(SkiffConfig.Xds.at("127.0.0.1", 18000));
    assertThat(config.admin()).isEqualTo(new AdminSettings("127.0.0.1", 18080, List.of()));
    assertThat(config.registries()).isEmpty();
    assertThat(config.policies()).isEmpty();
    assertThat(config.state()).isEqualTo(new SkiffConfig.State.Folder(folder.resolve("state/")));
    assertThat(config.rootNamespace()).isEqualTo("skiff-system");
    assertThat(config.startupTimeout()).isEqualTo(Duration.ofSeconds(20));
    assertThat(config.scope()).isEqualTo(ScopeMode.ON_DEMAND);
  }

  @Test
  void the_contract_is_read_as_it_stands() throws ConfigException {
    SkiffConfig config =
        load(
                """
                xds: {host: 127.0.0.1, port: 18000}
                admin: {host: 127.0.0.1, port: 18080}
                registries:
                  - {type: file, name: local, path: services/}
                  - {type: nacos, name: legacy, server: "127.0.0.1:8848", namespaces: [{id: public, as: default}], groups: [DEFAULT_GROUP], username: "${NACOS_USER}", password: "${NACOS_PASSWORD}"}
                policies:
                  - {type: file, path: policies/}
                state: {path: state/}
                root-namespace: skiff-system
                startup-timeout: 20s
                scope: OnDemand
                """,
                Map.of("NACOS_USER", "me", "NACOS_PASSWORD", "${not} a variable"))
            .config();

    assertThat(config.registries())
        .containsExactly(
            FileSourceSettings.of("local", folder.resolve("services/")).withShownAs("services/"),
            new NacosSettings(
                "legacy",
                "127.0.0.1:8848",
                List.of(NacosSettings.Namespace.PUBLIC),
                List.of("DEFAULT_GROUP"),
                NacosSettings.ServiceFilter.ALL,
                NacosSettings.Credentials.ofPassword("me", "${not} a variable"),
                new TreeMap<>(),
                NacosSettings.Timing.DEFAULT));
    assertThat(config.policies())
        .containsExactly(
            FileSourceSettings.of("policies", folder.resolve("policies/"))
                .withShownAs("policies/"));
  }

  @Test
  void an_etcd_may_be_a_registry_or_a_source_of_policies() throws IOException, ConfigException {
    SkiffConfig config =
        read(
            """
            registries:
              - {type: etcd, name: store, endpoints: ["http://10.0.0.1:2379"]}
            policies:
              - type: etcd
                name: rules
                endpoints: ["https://a:2379", "https://b:2379"]
                prefix: /mesh/
                username: skiff
                password: hunter2
                tls: {ca: ca.pem, certificate: me.pem, key: me.key}
                probe-interval: 1s
                answer-timeout: 3s
                settle-time: 1m
            """);

    assertThat(config.registries())
        .containsExactly(EtcdSettings.of("store", "http://10.0.0.1:2379"));
    assertThat(config.policies())
        .containsExactly(
            new EtcdSettings(
                "rules",
                List.of(URI.create("https://a:2379"), URI.create("https://b:2379")),
                "/mesh/",
                new Login("skiff", "hunter2"),
                new PemTls(
                    folder.resolve("ca.pem"), folder.resolve("me.pem"), folder.resolve("me.key")),
                new EtcdSettings.Timing(
                    Duration.ofSeconds(1), Duration.ofSeconds(3), Duration.ofMinutes(1))));
    assertThat(config.toString()).doesNotContain("hunter2");
    assertThat(
            refusal("policies: [{type: etcd, name: a, endpoints: [\"http://b:1\"], tls: {ca: c}}]"))
        .isEqualTo(
            "skiff.yaml:1: `policies[0]` cannot be used: `endpoints` must be 'https' where `tls`"
                + " is given, found 'http://b:1'");
  }

  @Test
  void policies_may_stand_in_the_configuration_of_nacos() throws ConfigException {
    SkiffConfig config =
        read(
            """
            policies:
              - {type: nacos-config, name: rules, server: "h:1", namespace: 3f2a, group: NIGHT, prefix: mesh-}
            """);

    assertThat(config.policies())
        .containsExactly(
            NacosPolicySettings.of(
                "rules",
                "h:1",
                "3f2a",
                "NIGHT",
                NacosSettings.Credentials.NONE,
                new TreeMap<>(),
                "mesh-",
                NacosSettings.Timing.DEFAULT));
  }

  @Test
  void a_zookeeper_is_a_registry() throws IOException, ConfigException {
    SkiffConfig config =
        read(
            """
            registries:
              - {type: zookeeper, name: zoo, servers: ["10.0.0.1:2181"]}
              - type: zookeeper
                name: old
                servers: ["10.0.0.2:2181", "10.0.0.3:2181"]
                namespace: legacy
                services: ""
                dubbo: /trading/dubbo
                username: skiff
                password: hunter2
                session-timeout: 30s
                probe-interval: 1s
                answer-timeout: 5s
            """);

    assertThat(config.registries())
        .containsExactly(
            ZooKeeperSettings.of("zoo", "10.0.0.1:2181"),
            new ZooKeeperSettings(
                "old",
                List.of("10.0.0.2:2181", "10.0.0.3:2181"),
                "legacy",
                "",
                "/trading/dubbo",
                new Login("skiff", "hunter2"),
                new ZooKeeperSettings.Timing(
                    Duration.ofSeconds(30), Duration.ofSeconds(1), Duration.ofSeconds(5))));
    assertThat(refusal("registries: [{type: zookeeper, name: a, servers: [\"b:1\"], services: x}]"))
        .contains("1: ")
        .contains("`services` must be a path like '/services', found 'x'");
  }

  @Test
  void eureka_and_consul_have_servers_logins_and_certificates() throws ConfigException {
    SkiffConfig config =
        read(
            """
            registries:
              - type: eureka
                name: netflix
                servers: ["http://10.0.0.1:8761/eureka/", "http://10.0.0.2:8761/eureka"]
                namespace: trading
                username: u
                password: "p@ss"
                poll-interval: 1s
              - type: consul
                name: prod
                servers: ["https://10.0.0.1:8501"]
                datacenter: dc1
                token: "TOKEN"
                tls: {ca: ca.pem}
            """);
    assertThat(config.registries())
        .containsExactly(
            new EurekaSettings(
                "netflix",
                List.of(
                    URI.create("http://10.0.0.1:8761/eureka"),
                    URI.create("http://10.0.0.2:8761/eureka")),
                "trading",
                new Login("u", "p@ss"),
                PemTls.SYSTEM,
                new EurekaSettings.Timing(Duration.ofSeconds(1), Duration.ofSeconds(10))),
            new ConsulSettings(
                "prod",
                List.of(URI.create("https://10.0.0.1:8501")),
                "dc1",
                "default",
                "TOKEN",
                new PemTls(folder.resolve("ca.pem"), null, null),
                ConsulSettings.Timing.DEFAULT));
    assertThat(config.toString()).doesNotContain("p@ss", "TOKEN");
    assertThat(refusal("registries: [{type: consul, name: a, servers: [\"b:1\"]}]"))
        .contains("`registries[0].servers[0]` must be 'http://HOST:PORT'");
  }

  /** Also where something else is wrong with the address, which is said with the address. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "registries | consul | servers: ['http://u:secret@b:1']",
        "registries | consul | servers: ['http://a:1', 'ftp://u:secret@b:1?x#y']",
        "registries | etcd | endpoints: ['http://u:secret@b:1']",
        "registries | etcd | endpoints: ['u:secret@b']",
        "registries | eureka | servers: ['http://u:secret@b:1/eureka']",
        "registries | kubernetes | server: 'https://u:secret@b:1'",
        "registries | nacos | server: 'a:1, u:secret@b:1'",
        "registries | zookeeper | servers: ['u:secret@b:2181']",
        "policies | etcd | endpoints: ['http://u:p@secret@b:1']",
        "policies | kubernetes | server: 'https://u:secret@b:1'",
        "policies | nacos-config | server: 'u:secret@b:1'"
      })
  void no_address_holds_a_login_and_none_is_shown(String list, String type, String address) {
    assertThat(refusal("%s: [{type: %s, name: a, %s}]".formatted(list, type, address)))
        .contains(
            "skiff.yaml:1: `%s[0].%s`".formatted(list, address.substring(0, address.indexOf(':'))))
        .contains("must not hold a login; write `")
        .doesNotContain("secret");
  }

  @Test
  void everything_wrong_is_said_at_once_in_the_order_of_the_file() {
    assertThat(
            refusal(
                    """
                    xsd: {host: 127.0.0.1}
                    xds: {host: 0.0.0.0, port: 99999}
                    registries:
                      - {type: fil, name: a, path: services/}
                      - {type: dubbo, name: prod}
                      - {type: nacos, name: n, server: "h:1", username: "${NOPE}", pasword: x}
                      - {name: b, path: services/}
                    policies:
                      - {type: etc}
                    startup-timeout: 20
                    """)
                .lines())
        .containsExactly(
            "skiff.yaml:1: `xsd` is not a known field; did you mean `xds`? known here: `xds`,"
                + " `admin`, `registries`, `policies`, `state`, `root-namespace`,"
                + " `startup-timeout`, `scope`, `guard`",
            "skiff.yaml:2: `xds.port` must be from 0 to 65535, found 99999",
            "skiff.yaml:4: `registries[0].type` must be 'consul', 'etcd', 'eureka', 'file',"
                + " 'kubernetes', 'nacos' or 'zookeeper', found 'fil'; did you mean 'file'?",
            "skiff.yaml:5: `registries[1].type` must be 'consul', 'etcd', 'eureka', 'file',"
                + " 'kubernetes', 'nacos' or 'zookeeper', found 'dubbo'",
            "skiff.yaml:6: `registries[2].username` needs the environment variable 'NOPE', which"
                + " is not set",
            "skiff.yaml:6: `registries[2].pasword` is not a known field; did you mean `password`?",
            "skiff.yaml:7: `registries[3]` must have a `type`: 'consul', 'etcd', 'eureka', 'file',"
                + " 'kubernetes', 'nacos' or 'zookeeper'",
            "skiff.yaml:9: `policies[0].type` must be 'etcd', 'file', 'kubernetes' or"
                + " 'nacos-config', found 'etc'; did you mean 'etcd'?",
            "skiff.yaml:10: `startup-timeout` must be a duration such as '250ms', '10s' or '1h30m',"
                + " found the number 20; add a unit: '20s'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          'xds: {host: 0.0.0.0}'                  | 1: `xds.host` must be a loopback address unless `xds.plaintext` is true, found '0.0.0.0'
          'xds: {host: "::"}'                     | 1: `xds.host` must be a loopback address unless `xds.plaintext` is true, found '::'
          'xds: {port: 18080}'                    | 1: `admin.port` must differ from `xds.port`, found 18080 twice
          'xds: 18000'                            | 1: `xds` must be fields, found the number 18000
          'xds:'                                  | 1: `xds` has no value; give it one or remove the field
          'registries: {type: file}'              | 1: `registries` must be a list, found fields
          'registries: [file]'                    | 1: `registries[0]` must have a `type`: 'consul', 'etcd', 'eureka', 'file', 'kubernetes', 'nacos' or 'zookeeper'
          'scope: on-demand'                      | did you mean 'OnDemand'?
          'root-namespace: Skiff'                 | 1: `root-namespace` must be a DNS label, found the text 'Skiff'
          'startup_timeout: 20s'                  | did you mean `startup-timeout`?
          '- a'                                   | must be fields, found a list
          'a: b: c'                               | skiff.yaml:1:
          'state: {path: "${HOME"}'               | another '${'; write '$${' for the two characters themselves
          'state: {path: "${A:-b}"}'              | another '${'; write '$${' for the two characters themselves
          """)
  void one_thing_wrong(String text, String message) {
    assertThat(refusal(text)).contains(message).doesNotStartWith("accepted");
  }

  @Test
  void plaintext_beyond_loopback_is_asked_for_by_name() throws ConfigException {
    assertThat(read("xds: {host: 0.0.0.0, plaintext: true}").xds().listen().host())
        .isEqualTo("0.0.0.0");
  }

  @Test
  void a_variable_is_a_number_where_the_field_is_one() throws ConfigException {
    SkiffConfig config =
        load(
                "xds: {port: \"${PORT}\", plaintext: \"${YES}\"}\nroot-namespace: ${NAME}",
                Map.of("PORT", "7", "YES", "true", "NAME", "1234"))
            .config();

    assertThat(config.xds().listen().port()).isEqualTo(7);
    assertThat(config.rootNamespace()).isEqualTo("1234");
  }

  @Test
  void a_doubled_dollar_is_the_characters_themselves() throws ConfigException {
    assertThat(read("state: {path: \"$${HOME}/$x\"}").state())
        .isEqualTo(new SkiffConfig.State.Folder(folder.resolve("${HOME}/$x")));
  }

  @Test
  void names_of_the_admin_port_are_host_names() throws ConfigException {
    assertThat(read("admin: {hosts: [skiff.skiff-system.svc, Skiff]}").admin().hosts())
        .containsExactly("skiff.skiff-system.svc", "Skiff");
    assertThat(refusal("admin: {hosts: ['http://skiff']}"))
        .contains("`admin.hosts[0]` must be a host name");
  }

  @Test
  void a_machine_on_which_nothing_can_be_written_keeps_nothing() throws ConfigException {
    SkiffConfig.State none = new SkiffConfig.State.None();
    assertThat(read("state: none").state()).isEqualTo(none);
    assertThat(read("state: {path: none}").state()).isEqualTo(none);
    assertThat(read("state: {path: ./none}").state())
        .isEqualTo(new SkiffConfig.State.Folder(folder.resolve("./none")));
    assertThat(refusal("state: nowhere")).contains("skiff.yaml:1").contains("`state`");
    assertThat(load("state: none", Map.of()).print()).contains("path: none  ");
  }

  @Test
  void a_secret_may_stand_in_a_file() throws IOException, ConfigException {
    Files.writeString(folder.resolve("pw"), "hunter2\n");

    LoadedConfig loaded =
        load(
            """
            registries:
              - {type: nacos, name: n, server: "h:1", username: u, password: {file: "${F}"}}
            """,
            Map.of("F", "pw"));

    assertThat(loaded.config().registries().getFirst())
        .isInstanceOfSatisfying(
            NacosSettings.class,
            nacos -> assertThat(nacos.credentials().password()).isEqualTo("hunter2"));
    assertThat(loaded.print()).contains("# skiff.yaml:2, file 'pw'").doesNotContain("hunter2");
    assertThat(loaded.config().toString()).doesNotContain("hunter2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          'password: {file: absent}'    | `registries[0].password.file` must be a file that holds the secret, found nothing at 'absent'
          'password: {file: empty}'     | found an empty file at 'empty'
          'password: {file: .}'         | found something that cannot be read as text at '.'
          'password: {fil: hunter2}'    | `registries[0].password` must be a text or `{file: PATH}`, found something else
          'password: [hunter2]'         | `registries[0].password` must be a text or `{file: PATH}`, found something else
          'password:'                   | `registries[0].password` must be a text or `{file: PATH}`, found something else
          'paswort: hunter2'            | did you mean `password`?
          'password: hunter2'           | `registries[0]` cannot be used: `username` and `password` must be given together
          """)
  void whatever_is_wrong_with_a_secret_it_is_not_printed(String line, String message)
      throws IOException {
    Files.writeString(folder.resolve("empty"), "\n");

    assertThat(
            refusal(
                "registries:\n  - type: nacos\n    name: n\n    server: h:1\n    " + line + "\n"))
        .contains(message)
        .doesNotContain("hunter2");
  }

  @Test
  void a_number_may_be_a_password() throws ConfigException {
    assertThat(
            read("registries:\n  - {type: nacos, name: n, server: 'h:1', username: u, password:"
                    + " 0123}")
                .registries()
                .getFirst())
        .isInstanceOfSatisfying(
            NacosSettings.class,
            nacos -> assertThat(nacos.credentials().password()).isEqualTo("0123"));
  }

  @Test
  void sources_have_names_of_their_own() throws ConfigException {
    assertThat(
            read(
                    "policies: [{type: file, path: a}, {type: file, path: b}, {type: file, name: c,"
                        + " path: d}]")
                .policies()
                .stream()
                .map(SourceSettings::name))
        .containsExactly("policies", "policies-2", "c");
    assertThat(
            refusal(
                "registries: [{type: file, name: a, path: x}]\n"
                    + "policies: [{type: file, name: a, path: y}]"))
        .contains(
            "skiff.yaml:2: `policies[0].name` must be unique among registries and policies, found"
                + " 'a' in `registries[0]`, too");
  }

  @Test
  void what_is_printed_is_a_configuration_that_says_the_same() throws ConfigException {
    String text =
        """
        xds: {port: 0, host: "::1"}
        registries:
          - type: nacos
            name: legacy
            server: 10.0.0.1:8848,10.0.0.2
            namespaces: [{id: 3F2A}, {id: public, as: trading}]
            include: ["a*", "true"]
            client: {"nacos.remote.client.rpc.tls.enable": "true"}
            discovery-interval: 1500ms
          - {type: file, name: local, path: "a b/#c"}
        policies: [{type: file, path: policies/}]
        scope: All
        """;
    LoadedConfig loaded = load(text, Map.of());

    // All but the client's properties, which may be secrets.
    assertThat(read(loaded.print().replace("\"***\"", "\"true\""))).isEqualTo(loaded.config());
    assertThat(loaded.print())
        .containsPattern("(?m)^  port: 0 +# skiff.yaml:1$")
        .containsPattern("(?m)^  plaintext: false +# default$")
        .containsPattern("(?m)^    discovery-interval: 1s500ms +# skiff.yaml:9$")
        .containsPattern("(?m)^root-namespace: skiff-system +# default$");
  }

  @Test
  void the_name_of_the_file_is_in_each_message() {
    assertThatThrownBy(() -> ConfigReader.read("x: 1", "etc/my.yaml", folder, name -> null))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("etc/my.yaml:1: `x` ");
  }
}
