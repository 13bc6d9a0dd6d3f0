#!/usr/bin/perl

# What README and docs/ say is so: every example is run, every list is complete.
#   ```nginx       nginx -t with the module (a fragment gets the blocks around it)
#   ```json jsonc  an endpoint document or file: webhookctl apply --dry-run;
#                  a worker configuration: webhook-worker -t
#   ```sh          runs, against a running installation; only webhookctl and webhook-worker may be called
#   ```text        is not run

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;
my $root = $t->root;
# The recipes themselves: recipes.t.
my @pages = ("$root/README.md", glob("'$root/docs/'*.md"), "$root/docs/recipes/README.md");

# --- an installation with something to see
$t->start_redis;
$t->start_receiver(script => { '/dead' => 500 });
$t->write("secrets/$_", "whsec_" . b64("key of $_ ........") . "\n")
    for qw(stripe crm crm-key redis postback);
$t->write('keys/paypal/CERT-1',
    $t->run([qw(openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=test -keyout /dev/null)])->{out});
$t->write("certificate/$_", '') for qw(privkey.pem fullchain.pem);
$t->run([
    qw(openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=test -keyout), $t->file('certificate/privkey.pem'),
    '-out', $t->file('certificate/fullchain.pem')
]);
my $secret = slurp($t->file('secrets/stripe')) =~ s/\n//r;
my $nginx = $t->start_nginx(<<'EOT');
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /hooks/stripe { webhook stripe; webhook_secret file:%%DIR%%/secrets/stripe; webhook_stream hooks; }
    }
}
EOT
$t->apply(
    { id => 'crm', url => $t->receiver->url('/crm') },
    { id => 'books', url => $t->receiver->url('/dead'), retry => { schedule => [] } },
);
$t->start_worker;
my $body = '{"id":"evt_1","type":"invoice.paid"}';
is $t->post('/hooks/stripe', $body, sign_stripe($secret, $body))->{verdict}, 'accepted', 'an event to see';
$t->wait_settled;

# --- examples
my $count = 0;
my $settings;    # what the page's last http block without a server holds: its servers stand below it
for my $page (@pages) {
    my $name = $page =~ s{^\Q$root\E/}{}r;
    my $text = slurp($page);
    $settings = '';
    while ($text =~ /^```(\w*)[^\n]*\n(.*?)^```/gms) {
        my ($kind, $example) = ($1, $2);
        my $line = 1 + (() = substr($text, 0, $-[0]) =~ /\n/g);
        my %check = (nginx => \&check_nginx, json => \&check_json, jsonc => \&check_json, sh => \&check_sh);
        if ($check{$kind}) {
            $check{$kind}->($example, "$name:$line");
            $count++;
        } else {
            is $kind, 'text', "$name:$line: a kind of example that is run, or text";
        }
    }
}
cmp_ok $count, '>', 15, "$count examples";

# An nginx.conf around a fragment, with paths and ports of the test.
sub check_nginx ($example, $where) {
    my ($first) = $example =~ /^\s*(\w+)/;
    my %within = (
        location => sub { "events { } http { %%HTTP%% server { listen 80; $_[0] } }" },
        server   => sub { "events { } http { %%HTTP%% $settings $_[0] }" },
        http     => sub {
            $settings = $1 if $_[0] !~ /\bserver \{/ && $_[0] =~ /^http \{(.*)^\}/ms;
            "events { } $_[0]";
        },
    );
    $within{$_} = $within{server} for qw(webhook_redis webhook_scheme webhook_zone log_format);
    my $has_events = $example =~ /\bevents\b/;
    $example =~ s/^\s*load_module [^;]*;//m;
    $example = $has_events ? $example : ($within{$first} // sub { "events { } http { }" })->($example);
    my %secret = map { $_ => 1 } $example =~ m{file:/etc/nginx/secrets/([\w.-]+)}g;
    $t->write("secrets/$_", 'whsec_' . b64("some secret") . "\n")
        for grep { !-e $t->file("secrets/$_") } keys %secret;
    $example =~ s{file:/etc/nginx/(secrets|keys)/}{file:%%DIR%%/$1/}g;
    $example =~ s{access_log logs/}{access_log %%DIR%%/}g;
    $example =~ s{/usr/local/share/nginx-webhook/([^;]*)}{"$root/docs/$1"}g;
    $example =~ s{/etc/letsencrypt/live/[\w.-]+/}{%%DIR%%/certificate/}g;
    $example =~ s{/var/log/nginx/}{%%DIR%%/}g;
    $example =~ s{listen( +)(?:[\d.]+:)?\d+( ssl)?;}{listen${1}127.0.0.1:%%PORT_docs%%@{[$2 // '']};}g;
    local $ENV{REDIS_PASSWORD} = 'x';
    my ($exit, $output) = $t->nginx_test("%%GLOBALS%%\n$example\n");
    is $exit, 0, "$where: nginx -t" or diag $output;
}

sub check_json ($example, $where) {
    if ($example =~ /"url"\s*:/) {
        my $result =
            $t->ctl({ stdin => $example =~ /\A\s*[\[]/ ? $example : "[$example]" }, 'apply', '--dry-run',
            '-');
        ok $result->{exit} <= 1, "$where: webhookctl apply --dry-run" or diag $result->{err}, $result->{out};
        return;
    }
    my $url = $t->redis_server->url;
    $example =~ s{"(?:redis://|unix:)[^"]*"}{"$url"};
    $example =~ s{"/(?:etc|var)/[^"]*"}{to_json_text($t->dir)}ge;
    $example =~ s{"file:/etc/[^"]*"}{to_json_text('file:' . $t->write('docs-password', "secret\n"))}ge;
    my $file = $t->write('docs-worker.json', $example);
    my $result = $t->run([ $t->build_dir . '/webhook-worker', '--config', $file, '-t' ]);
    is $result->{exit}, 0, "$where: webhook-worker -t" or diag $result->{err}, $result->{out};
}

sub to_json_text ($text) { return '"' . $text . '"' }

# Each example runs in a folder of its own, which holds what the page has shown before: endpoints.json.
sub check_sh ($example, $where) {
    my $port = $t->port;
    my $dir = $t->dir;
    $t->write('sh/endpoints.json',
        slurp($t->write('sh/.e', to_json([ { id => 'crm', url => $t->receiver->url('/crm') } ]))));
    $t->write('sh/event.json', $body);
    $example =~ s{127\.0\.0\.1:80(?:80)?\b}{127.0.0.1:$port}g;
    $example =~ s{file:/etc/nginx/secrets/(\w+)}{'file:$dir/secrets/$1'}g;
    my @lines = grep { /\S/ && !/^\s*#/ } split /\n/, $example =~ s/\\\n/ /gr;
    for my $line (@lines) {
        like $line, qr/^\s*(?:webhookctl|webhook-worker|echo .*\| *webhookctl)\b/, "$where: a command of ours"
            or next;
        my $result = $t->run(
            [ 'sh', '-c', $line ], cwd => "$dir/sh", stdin => $body,
            env => { PATH => $t->build_dir . ":$ENV{PATH}", WEBHOOK_REDIS => $t->redis_server->url }
        );
        ok $result->{exit} <= 1, "$where: $line" or diag "exit $result->{exit}\n$result->{out}$result->{err}";
    }
}

# --- lists
my $source = join '', map { slurp($_) } glob "'$root/src/module/'{*,*/*}.cpp";
my %defined = map { $_ => 1 } $source =~ /ngx_string\("(webhook\w*)"\)/g;
my $page = slurp("$root/docs/directives.md");
my %described = map { $_ => 1 } map { split /, / } $page =~ /^### (webhook.*)$/mg;
my %variables = map { $_ => 1 } map { /\$(webhook_\w+)/g } grep { /^\| `\$/ } split /\n/, $page;
my ($directives, $variables) = split_names(\%defined);
is_deeply [ sort keys %described ], [ sort @$directives ], 'docs/directives.md: the directives of the module';
is_deeply [ sort keys %variables ], [ sort @$variables ], 'docs/directives.md: the variables of the module';

# A name is a directive's or a variable's, or both: by the table it stands in.
sub split_names ($defined) {
    my (@directives, @variables);
    for my $file (glob "'$root/src/module/'{*,*/*}.cpp") {
        my $text = slurp($file);
        my @names = $text =~ /ngx_string\("(webhook\w*)"\)/g;
        push @{ $file =~ /variables/ ? \@variables : \@directives }, @names;
    }
    return (\@directives, \@variables);
}

my %verdict = map { $_ => 1 } $page =~ /^\| `(\w+)` \| \d{3} \|/mg;
is_deeply [ sort keys %verdict ],
    [
    sort
        qw(accepted duplicate conflict ignored challenge unsigned forged stale malformed method too_large
           encoded busy unavailable in_progress)
    ],
    'docs/directives.md: the verdicts';

my @schemes = sort map { (split)[0] } grep { /^[a-z]/ } split /\n/,
    $t->ctl('schemes', '--json')->{out} =~ s/.*?"name":"([^"]+)".*/$1/gr;
my $schemes = slurp("$root/docs/schemes.md");
my @listed = ($schemes =~ s/^## What tells events apart.*//msr) =~ /^\| `([\w-]+)` \|/mg;
my @identities = $schemes =~ /^## What tells events apart(.*?)^## /ms ? $1 =~ /^\| `([\w-]+)` \|/mg : ();
is_deeply \@identities, [
    grep {
        my $name = $_;
        !grep { $_ eq $name } $schemes =~ /^## Other names(.*?)^## /ms ? $1 =~ /^\| `([\w-]+)` \|/mg : ()
    } @schemes
    ],
    'docs/schemes.md: what tells the events of each apart';
is_deeply [ sort @listed ], \@schemes, 'docs/schemes.md: the catalogue';
is $t->run([ $^X, "$root/src/make/schemes.pl" ], stdin => $t->ctl('schemes', '--json')->{out})->{out},
    $schemes,
    'docs/schemes.md: as src/make/schemes.pl writes it';

my @commands = slurp("$root/docs/commands.md") =~ /^### webhookctl ([\w-]+)/mg;
my $help = $t->ctl('--help')->{out};
my ($list) = $help =~ /Subcommands:\n(.*?)(?:\n\n|\z)/s;
is_deeply [ sort @commands ], [ sort(($list // '') =~ /^  (\w[\w-]*)/mg) ],
    'docs/commands.md: the commands of webhookctl';

my ($config) = slurp("$root/docs/commands.md") =~ /^```json\n(\{.*?^\})/ms;
my @keys = ($config // '') =~ /^    "(\w+)":/mg;
my ($table) = slurp("$root/src/worker/settings.cpp") =~ /settings_table\(\) \{(.*?)^\}/ms;
my @known = $table =~ /^ {8}\{"(\w+)",(?! take_later)/mg;
is_deeply [ sort @keys ], [ sort @known ], 'docs/commands.md: the settings of webhook-worker';

# docs/endpoint.md says which of its values are the defaults: an export leaves those out.
my ($example) = slurp("$root/docs/endpoint.md") =~ /^```jsonc\n(.*?)^```/ms;
$t->ctl({ stdin => $example }, 'apply', '-')->{exit} == 0 or fail 'docs/endpoint.md: the example is applied';
my $exported = $t->ctl('endpoint', 'show', 'crm')->{out};
for my $field (qw(timeout connect_timeout retry concurrency max_waiting max_waiting_bytes method)) {
    unlike $exported, qr/"$field"/, "docs/endpoint.md: the example's $field is the default";
}
like $exported, qr/"success"/, 'docs/endpoint.md: what is no default is exported';

# --- a heading occurs once in a page: a link leads to the first one, and repeated sections come to disagree
for my $file (@pages) {
    my $text = slurp($file) =~ s/^```.*?^```$//gmsr;
    my %count;
    $count{$_}++ for $text =~ /^#+ (.*)$/mg;
    is_deeply [ grep { $count{$_} > 1 } sort keys %count ], [],
        "$file: each heading once" =~ s{\Q$root\E/}{}r;
}

# --- links between pages
for my $file (@pages) {
    my $folder = $file =~ s{/[^/]+$}{}r;
    for my $link (slurp($file) =~ /\]\(([^):]+)\)/g) {
        my ($target, $place) = $link =~ /^([^#]*)(?:#(.*))?$/;
        $target = $target eq '' ? $file : "$folder/$target";
        ok -e $target, "$file: link to $link" =~ s{\Q$root\E/}{}r or next;
        ok scalar(grep { $_ eq $place } places($target)), "$file: $link is a heading" =~ s{\Q$root\E/}{}r
            if defined $place;
    }
}

# The names by which headings are reached.
sub places ($file) {
    return map { lc =~ s/[^\w -]//gr =~ s/ /-/gr } slurp($file) =~ /^#+ (.*)$/mg;
}

# --- files that the design names
my %missing = map { $_ => 1 } grep { !-e "$root/src/$_" && !-e "$root/src/module/$_" && !-e "$root/$_" }
    slurp("$root/docs/design.md") =~ m{\b([a-z_]+(?:/[a-z_]+)+\.(?:cpp|hpp|lua|pl))\b}g;
is_deeply [ sort keys %missing ], [], 'docs/design.md: the files are there';

done_testing;
