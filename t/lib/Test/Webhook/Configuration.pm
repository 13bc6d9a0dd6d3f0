package Test::Webhook::Configuration;

# Expands the placeholders of configurations and chooses free ports. A base of Test::Webhook.

use v5.36;
use Carp qw(croak);
use IO::Socket::INET;

# Returns a free TCP port of 127.0.0.1, always the same for the name. A UDP socket on the same number, held
# until the test ends, keeps it from tests that run at the same time.
sub port ($self, $name = 'nginx') {
    return $self->{ports}{$name} //= $self->_free_port;
}

sub _free_port ($self) {
    for (1 .. 500) {
        my $port = 10000 + int rand 20000;
        my $guard = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Proto => 'udp')
            or next;
        IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Proto => 'tcp', Listen => 1)
            or next;
        push @{ $self->{guards} }, $guard;
        return $port;
    }
    croak 'no free port';
}

sub _globals ($self, $name) {
    my $level = $ENV{TEST_DEBUG} ? 'debug' : 'info';
    my $user = $> == 0 ? "user root;\n" : '';
    return qq{load_module "$self->{build}/ngx_http_webhook_module.so";\n${user}daemon off;\n}
        . qq{pid "$self->{dir}/$name/nginx.pid";\nerror_log "$self->{dir}/$name/error.log" $level;\n};
}

# Allows Redis 30 s where the configuration sets no timeout: a busy machine may exceed the default of 500 ms.
sub _http ($self, $name, $text) {
    my $patience = '';
    if ($name ne 'configtest' && $text =~ /\bwebhook_redis\b/) {
        $patience = ' webhook_redis_connect_timeout 30s;';
        $patience .= ' webhook_redis_timeout 30s;' if $text !~ /^\s*webhook_redis_timeout/m;
    }
    my $temp = join '',
        map { qq{${_}_temp_path "$self->{dir}/$name/$_";\n} } qw(client_body proxy fastcgi uwsgi scgi);
    return "${temp}access_log off;$patience\n";
}

# Replaces %%PORT%%, %%PORT_x%%, %%DIR%%, %%REDIS%%, %%REDIS_x%%, %%RECEIVER%%, %%RECEIVER_x%%, %%BUILD%%, and
# in nginx.conf %%GLOBALS%% and %%HTTP%%. Quotes a bare word when its replacement contains a space.
sub expand ($self, $text, $nginx = 'nginx') {
    $text =~ s/%%GLOBALS%%/$self->_globals($nginx)/ge;
    $text =~ s/%%HTTP%%/$self->_http($nginx, $text)/ge;
    $text =~ s/(?<=\s)([^\s"';{}]*%%(?:DIR|BUILD|REDIS\w*)%%[^\s"';{}]*)(?=[\s;])/"$1"/g
        if $self->{dir} =~ /\s/ || $self->{build} =~ /\s/;
    $text =~ s/%%PORT(?:_(\w+))?%%/$self->port($1 \/\/ 'nginx')/ge;
    $text =~ s/%%REDIS(?:_(\w+))?%%/$self->redis_server($1 \/\/ 'redis')->url/ge;
    $text =~ s/%%RECEIVER(?:_(\w+))?%%/$self->receiver($1 \/\/ 'receiver')->url/ge;
    $text =~ s/%%DIR%%/$self->{dir}/g;
    $text =~ s/%%BUILD%%/$self->{build}/g;
    croak "unknown placeholder $1" if $text =~ /(%%\w+%%)/;
    return $text;
}

1;
