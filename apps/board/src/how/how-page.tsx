export default function HowPage() {
  return null;
}
