import { SearchX } from 'lucide-react';
import { Link } from 'wouter';
import { Notice } from '../parts/notice';

export default function NotFound() {
  return (
    <Notice icon={SearchX} title="There is no such page">
      <p>
        <Link href="/">See what is on now</Link>
      </p>
    </Notice>
  );
}
